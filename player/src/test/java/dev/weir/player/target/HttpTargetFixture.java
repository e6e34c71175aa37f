package dev.weir.player.target;

import dev.weir.http.TlsFiles;
import dev.weir.player.target.Target.Attempt;
import dev.weir.unit.BucketName;
import dev.weir.unit.Origin;
import dev.weir.wire.LeaseRequest.Order;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Targets and the sites that they replay to. */
abstract class HttpTargetFixture {
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  final List<AutoCloseable> open = new ArrayList<>();
  volatile ByteSite.Answer answer = request -> ByteSite.ok("fine");

  @TempDir
  Path folder;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  ByteSite site() throws IOException {
    ByteSite site = new ByteSite(request -> answer.to(request));
    open.add(site);
    return site;
  }

  Target exact(ByteSite site) throws IOException {
    return target(site, Order.NONE, false, false);
  }

  Target target(ByteSite site, Order order, boolean keepHost, boolean annotate) throws IOException {
    Target target = new HttpTarget.Config(
            Origin.parse("http://127.0.0.1:" + site.port()),
            null,
            TIMEOUT,
            keepHost,
            annotate,
            false,
            false)
        .open(context(order));
    open.add(target);
    return target;
  }

  TargetContext context(Order order) {
    return new TargetContext(
        "player-1",
        new BucketName("shop"),
        order,
        16,
        folder,
        new TlsFiles(),
        InstantSource.fixed(Attempts.AT),
        Outcome.MAX_ANSWER);
  }

  static Outcome deliver(Target target, Attempt attempt) throws Exception {
    return target.deliver(attempt, TIMEOUT).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
