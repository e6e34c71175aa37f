package dev.weir.relay.page;

import dev.weir.http.Answer;
import dev.weir.http.Routes;
import dev.weir.http.Routes.Demand;
import dev.weir.relay.bucket.Buckets;
import dev.weir.relay.fleet.Observatory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The routes of the listener for people and monitoring. */
public final class AdminRoutes {
  private static final Demand READ = Demand.of("read");

  private final Observatory observatory;
  private final Buckets buckets;
  private @Nullable Metrics metrics;

  private AdminRoutes(Observatory observatory, Buckets buckets) {
    this.observatory = observatory;
    this.buckets = buckets;
  }

  public static Routes routes(Observatory observatory, Buckets buckets) {
    AdminRoutes admin = new AdminRoutes(observatory, buckets);
    return new Routes()
        .get("/", READ, call -> now(page(StatsPage.of(observatory.stats()))))
        .get("/page.css", Demand.NOTHING, call -> now(resource("page.css", "text/css")))
        .get("/page.js", Demand.NOTHING, call -> now(resource("page.js", "text/javascript")))
        .get("/v1/stats", READ, call -> now(Answer.json(observatory.stats())))
        .get("/metrics", READ, call -> now(admin.metrics()))
        .get("/livez", Demand.NOTHING, call -> now(Answer.text("text/plain", "alive\n")))
        .get("/readyz", Demand.NOTHING, call -> now(admin.readiness()));
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

  /** Made with the first scrape: a relay that nobody scrapes starts without it. */
  private synchronized Answer metrics() {
    Metrics made = metrics;
    if (made == null) {
      made = new Metrics(observatory::totals, buckets::views);
      metrics = made;
    }
    return Answer.text("text/plain; version=0.0.4", made.scrape());
  }

  private Answer readiness() {
    return buckets.views().stream()
        .filter(view -> view.trouble() != null)
        .findFirst()
        .map(view ->
            Answer.problem(503, "bucket \"" + view.name() + "\" cannot write: " + view.trouble()))
        .orElseGet(() -> Answer.text("text/plain", "ready\n"));
  }
}
