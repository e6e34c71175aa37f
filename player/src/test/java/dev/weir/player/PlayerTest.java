package dev.weir.player;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.capture.Captures;
import dev.weir.config.RelayConnection;
import dev.weir.config.Secret;
import dev.weir.http.MetricsPage;
import dev.weir.loop.Ticker;
import dev.weir.player.feed.InMemoryFeed;
import dev.weir.player.feed.StubRelay;
import dev.weir.player.replay.Replay;
import dev.weir.player.replay.RetryRules;
import dev.weir.player.target.ByteSite;
import dev.weir.player.target.HttpTarget;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Origin;
import dev.weir.wire.Json;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.PlayerReport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole player against a relay's protocol and a site, over real sockets. */
class PlayerTest {
  @TempDir
  Path data;

  private final InMemoryFeed bucket = new InMemoryFeed(Order.SESSION, Ticker.SYSTEM);
  private final StubRelay relay = new StubRelay(bucket);

  @AfterEach
  void close() {
    relay.close();
  }

  @Test
  void deliversWhatTheRelayLeasesAndSettlesIt() throws Exception {
    try (ByteSite site = new ByteSite(request -> ByteSite.ok("fine"));
        Player player = Player.start(config(site))) {
      for (int i = 0; i < 200; i++) {
        bucket.add(Captures.post("/orders/" + i, "order " + i));
      }

      await().atMost(5, SECONDS).until(() -> bucket.fates().stream().allMatch("delivered"::equals));
      for (int i = 0; i < 200; i++) {
        assertThat(site.next().bytes())
            .startsWith("POST /orders/" + i + " HTTP/1.1\r\n")
            .endsWith("order " + i);
      }
      assertThat(bucket.settlements()).hasSizeLessThan(100);
      PlayerReport.ReplayState state = player.report().replays().get(0);
      assertThat(state.delivered()).isEqualTo(200);
      assertThat(state.answered()).containsEntry("2xx", 200L);
      assertThat(state.p50Ms()).isPositive();
    }
  }

  @Test
  void reportsToTheRelayWithinASecondOfAChange() throws Exception {
    try (ByteSite site = new ByteSite(request -> ByteSite.ok(""));
        Player player = Player.start(config(site))) {
      bucket.add(Captures.get("/"));

      await()
          .atMost(5, SECONDS)
          .until(() -> relay.reports().stream()
              .anyMatch(report -> report.replays().get(0).delivered() == 1));
      assertThat(relay.requests()).allMatch(request -> request.endsWith(" Bearer t0ken"));
      assertThat(player.addresses()).isEmpty();
    }
  }

  @Test
  void tellsMonitoringHowItIs() throws Exception {
    try (ByteSite site = new ByteSite(request -> ByteSite.ok(""));
        Player player = Player.start(config(site, new ListenAddress("127.0.0.1", 0)))) {
      String admin = "http://" + player.addresses().get("admin");
      assertThat(get(admin + "/livez")).isEqualTo("alive\n");
      assertThat(get(admin + "/readyz")).isEqualTo("ready\n");

      bucket.add(Captures.get("/"));
      await()
          .atMost(5, SECONDS)
          .until(() -> get(admin + "/metrics")
              .contains(
                  "weir_replay_delivered_captures_total{bucket=\"shop\",group=\"default\"} 1.0"));

      assertThat(get(admin + "/metrics"))
          .contains(
              "weir_replay_answers_total{bucket=\"shop\",group=\"default\",status=\"2xx\"} 1.0",
              "weir_replay_circuit_open{bucket=\"shop\",group=\"default\"} 0.0");
      MetricsPage.explains("Player", get(admin + "/metrics"));
      byte[] stats = get(admin + "/v1/stats").getBytes(StandardCharsets.UTF_8);
      assertThat(Json.read(stats, PlayerReport.class)).isEqualTo(player.report());
    }
  }

  private static String get(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
        .body();
  }

  @Test
  void handsBackWhatItHasNotStartedWhenItCloses() throws Exception {
    try (ByteSite site = new ByteSite(request -> {
      SECONDS.sleep(1);
      return ByteSite.ok("");
    })) {
      Player player = Player.start(config(site));
      for (int i = 0; i < 20; i++) {
        bucket.add(Captures.get("/" + i));
      }
      site.next();

      player.close();

      assertThat(bucket.fate(1)).isEqualTo("delivered");
      for (int offset = 2; offset <= 20; offset++) {
        assertThat(bucket.fate(offset)).isEmpty();
        assertThat(bucket.isLeased(offset)).isFalse();
        assertThat(bucket.attempts(offset)).isZero();
      }
    }
  }

  private PlayerConfig config(ByteSite site) {
    return config(site, null);
  }

  private PlayerConfig config(ByteSite site, @Nullable ListenAddress admin) {
    return new PlayerConfig(
        "player-1",
        data,
        new RelayConnection(Origin.parse(relay.url()), new Secret("t0ken"), null),
        admin,
        List.of(new Replay(
            new BucketName("shop"),
            new GroupName("default"),
            Order.SESSION,
            16,
            null,
            Duration.ofSeconds(60),
            List.of(),
            new RetryRules(20, Duration.ofHours(24), Duration.ofSeconds(1), Duration.ofMinutes(10)),
            new HttpTarget.Config(
                Origin.parse("http://127.0.0.1:" + site.port()),
                Duration.ofSeconds(10),
                false,
                true,
                false,
                false))));
  }
}
