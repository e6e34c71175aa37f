package dev.weir.bench;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.CaptureId;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.capture.RunId;
import dev.weir.http.TlsFiles;
import dev.weir.player.target.HttpTarget;
import dev.weir.player.target.Outcome;
import dev.weir.player.target.Target;
import dev.weir.player.target.TargetContext;
import dev.weir.unit.BucketName;
import dev.weir.unit.Origin;
import dev.weir.wire.LeaseRequest.Order;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The player's HTTP target in a loop, with no relay, no lease and no settling: what the player is
 * measured against. Says {@code delivered N nanos T cpu C}, the last in nanoseconds too.
 */
final class BareClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int BODY = 1024;

  private final Target target;
  private final Capture capture;
  private final RunId run = RunId.random();
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicInteger delivered = new AtomicInteger();
  private final int count;
  private final CountDownLatch ended;

  private BareClient(Target target, Capture capture, int count) {
    this.target = target;
    this.capture = capture;
    this.count = count;
    this.ended = new CountDownLatch(count);
  }

  /** @param args the site's URL, how many to deliver, how many at once */
  public static void main(String[] args) throws IOException, InterruptedException {
    Origin site = Origin.parse(args[0]);
    int count = Integer.parseInt(args[1]);
    int concurrency = Integer.parseInt(args[2]);
    TargetContext context = new TargetContext(
        "bench",
        new BucketName(Sides.BUCKET),
        Order.NONE,
        concurrency,
        Path.of("unused"),
        new TlsFiles(),
        InstantSource.system(),
        Outcome.MAX_ANSWER);
    try (Target target =
        new HttpTarget.Config(site, null, TIMEOUT, false, true, false, false).open(context)) {
      BareClient client = new BareClient(target, capture(site), count);
      long begun = System.nanoTime();
      for (int i = 0; i < concurrency; i++) {
        client.next();
      }
      client.ended.await();
      long took = System.nanoTime() - begun;
      long cpu = Cpu.of(List.of(ProcessHandle.current())).toNanos();
      System.out.println("delivered " + client.delivered.get() + " nanos " + took + " cpu " + cpu);
    }
  }

  private static Capture capture(Origin site) {
    Request request = new Request(
        "POST",
        "http",
        site.authority(),
        "/orders",
        "HTTP/1.1",
        Headers.of("Host", site.authority(), "Content-Type", "text/plain"),
        Body.of(new byte[BODY]),
        Headers.NONE,
        Client.NONE);
    return new Capture("bench", Capture.Kind.HTTP, Instant.now(), "bench", request, null, Map.of());
  }

  /** Starts another attempt, which starts another when it is over. */
  private void next() {
    int number = started.incrementAndGet();
    if (number <= count) {
      target
          .deliver(new Target.Attempt(new CaptureId(run, number), 1, capture), TIMEOUT)
          .thenAccept(this::over);
    }
  }

  private void over(Outcome outcome) {
    if (outcome instanceof Outcome.Delivered) {
      delivered.incrementAndGet();
    }
    ended.countDown();
    next();
  }
}
