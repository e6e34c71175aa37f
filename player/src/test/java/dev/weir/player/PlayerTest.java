package dev.weir.player;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.capture.Captures;
import dev.weir.config.AdminListener;
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
import dev.weir.script.ScriptSettings;
import dev.weir.script.engine.ScriptException;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Origin;
import dev.weir.wire.Json;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.ScriptState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        Player player = Player.start(
            config(site, new AdminListener(new ListenAddress("127.0.0.1", 0), null, List.of())))) {
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

  @Test
  void runsItsScriptsBeforeAndAfterEachAttempt() throws Exception {
    Path script = script("""
        function on_replay(req)
          if req.path == "/health" then return drop "health" end
          req.headers["X-Token"] = "t" .. req.attempt
        end
        function on_response(req, res)
          if res.status == 401 then return retry(0, "unauthorized") end
        end
        """);
    try (ByteSite site = new ByteSite(request -> request.contains("X-Token: t2")
            ? ByteSite.ok("")
            : "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
        Player player = Player.start(config(site, script))) {
      bucket.add(Captures.get("/health"), Captures.get("/a"));

      await()
          .atMost(20, SECONDS)
          .until(() -> bucket.fates().equals(List.of("filtered: health", "delivered")));
      ScriptState state = player.report().replays().get(0).scripts().get(0);
      assertThat(state.script()).isEqualTo("hook.lua");
      assertThat(state.dropped()).containsEntry("health", 1L);
      assertThat(state.errors()).isZero();
    }
  }

  @Test
  void judgesByTheWholeAnswer() throws Exception {
    Path script = script("""
        function on_response(req, res)
          if res.truncated or res.json.verdict ~= "fine" then return fail("not fine") end
        end
        """);
    String padding = "x".repeat(100_000);
    try (ByteSite site = new ByteSite(request -> ByteSite.ok("{\"pad\":\"" + padding
            + "\",\"verdict\":\"" + (request.contains("/bad") ? "poor" : "fine") + "\"}"));
        Player player = Player.start(config(site, script))) {
      bucket.add(Captures.get("/good"), Captures.get("/bad"));

      await().atMost(20, SECONDS).until(() -> bucket.fates().stream().noneMatch(String::isEmpty));
      assertThat(bucket.fates().get(0)).isEqualTo("delivered");
      assertThat(bucket.fates().get(1)).startsWith("dead").contains("not fine");
      assertThat(player.report().replays().get(0).scripts().get(0).errors()).isZero();
    }
  }

  @Test
  void changesOverToNewScriptsAndKeepsTheOldWhereTheyFail() throws Exception {
    Path script = script("function on_replay(req) return drop 'one' end");
    try (ByteSite site = new ByteSite(request -> ByteSite.ok(""));
        Player player = Player.start(config(site, script))) {
      bucket.add(Captures.get("/"));
      await().atMost(10, SECONDS).until(() -> bucket.fate(1).equals("filtered: one"));

      script("function on_replay(req) return drop 'two' end");
      assertThat(player.reload()).isEmpty();
      bucket.add(Captures.get("/"));
      await().atMost(10, SECONDS).until(() -> bucket.fate(2).equals("filtered: two"));

      script("function on_replay(req) return");
      assertThat(player.reload()).singleElement().asString().contains("hook.lua:1:");
      bucket.add(Captures.get("/"));
      await().atMost(10, SECONDS).until(() -> bucket.fate(3).equals("filtered: two"));
      assertThat(player.report().replays().get(0).scripts().get(0).reloadError())
          .startsWith("hook.lua:1:");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      function on_batch(reqs) end                                  | gathers no batches
      function on_capture(req) end                                 | neither on_replay
      function on_replay(req) return                               | hook.lua:1:
      """)
  void refusesAScriptThatWouldNeverRun(String lua, String message) throws Exception {
    try (ByteSite site = new ByteSite(request -> ByteSite.ok(""))) {
      PlayerConfig config = config(site, script(lua));
      assertThatThrownBy(() -> Player.start(config).close())
          .isInstanceOf(ScriptException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void knowsNoTargetButItsOwn() throws Exception {
    Path script = script("function on_replay(req) req.target = 'mirror' end");
    try (ByteSite site = new ByteSite(request -> ByteSite.ok(""));
        Player player = Player.start(config(site, script))) {
      bucket.add(Captures.get("/"));

      await().atMost(20, SECONDS).until(() -> bucket.fate(1).startsWith("dead"));
      assertThat(bucket.fate(1)).contains("hook.lua:1: there is no target \"mirror\"");
      assertThat(bucket.attempts(1)).isEqualTo(2);
      assertThat(player.report().replays().get(0).scripts().get(0).errors()).isEqualTo(3);
    }
  }

  @Test
  void keepsASecondPlayerOutOfItsDataDirectory() throws Exception {
    try (ByteSite site = new ByteSite(request -> ByteSite.ok(""));
        Player player = Player.start(config(site))) {
      assertThat(player.report().player()).isEqualTo("player-1");
      assertThatThrownBy(() -> Player.start(config(site)))
          .isInstanceOf(IOException.class)
          .hasMessage("data directory " + data + " is in use by process "
              + ProcessHandle.current().pid());
    }
    try (ByteSite site = new ByteSite(request -> ByteSite.ok(""))) {
      Player.start(config(site)).close();
    }
  }

  private Path script(String lua) throws IOException {
    return Files.writeString(data.resolve("hook.lua"), lua);
  }

  private PlayerConfig config(ByteSite site, Path... scripts) {
    return config(site, null, scripts);
  }

  private PlayerConfig config(ByteSite site, @Nullable AdminListener admin, Path... scripts) {
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
            Stream.of(scripts).map(ScriptSettings::of).toList(),
            new RetryRules(20, Duration.ofHours(24), Duration.ofMillis(20), Duration.ofMillis(100)),
            null,
            new HttpTarget.Config(
                Origin.parse("http://127.0.0.1:" + site.port()),
                null,
                Duration.ofSeconds(10),
                false,
                true,
                false,
                false),
            Map.of())));
  }
}
