package dev.weir.relay.page;

import dev.weir.http.Admin;
import dev.weir.http.Answer;
import dev.weir.http.Metrics;
import dev.weir.http.Refusals;
import dev.weir.http.Routes;
import dev.weir.http.Routes.Demand;
import dev.weir.relay.bucket.Buckets;
import dev.weir.relay.fleet.Observatory;
import dev.weir.relay.fleet.Stats;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The routes of the listener for people and monitoring. */
public final class AdminRoutes implements Admin.Told {
  private static final Demand READ = Demand.of("read");
  private static final Demand OPERATE = Demand.of("operate");

  private final Observatory observatory;
  private final Buckets buckets;
  private final Supplier<List<String>> reload;

  private AdminRoutes(Observatory observatory, Buckets buckets, Supplier<List<String>> reload) {
    this.observatory = observatory;
    this.buckets = buckets;
    this.reload = reload;
  }

  /**
   * @param refusals whom the listeners turned away, by the listener's name
   * @param reload says what is wrong with the files that it read again
   */
  public static Routes routes(
      Observatory observatory,
      Buckets buckets,
      Map<String, Refusals> refusals,
      Supplier<List<String>> reload) {
    return Admin.routes(READ, OPERATE, new AdminRoutes(observatory, buckets, reload), refusals)
        .get("/", READ, call -> now(page(StatsPage.of(observatory.stats()))))
        .get("/page.css", Demand.NOTHING, call -> now(resource("page.css", "text/css")))
        .get("/page.js", Demand.NOTHING, call -> now(resource("page.js", "text/javascript")));
  }

  private static CompletionStage<Answer> now(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private static Answer page(String html) {
    return Answer.text("text/html", html)
        .with("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
        .with("Referrer-Policy", "no-referrer");
  }

  private static Answer resource(String name, String mediaType) throws IOException {
    try (InputStream in = AdminRoutes.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is missing in this build");
      }
      return Answer.text(mediaType, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Override
  public Stats stats() {
    return observatory.stats();
  }

  @Override
  public Metrics metrics() {
    return RelayMetrics.of(observatory.totals(), buckets.views());
  }

  @Override
  public List<String> reload() {
    return reload.get();
  }

  @Override
  public @Nullable String trouble() {
    return buckets.views().stream()
        .filter(view -> view.trouble() != null)
        .findFirst()
        .map(view -> "bucket \"" + view.name() + "\" cannot write: " + view.trouble())
        .orElse(null);
  }
}
