package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.cli.demo.RoleProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scripts on a bucket and on a replay, each role a process of its own. */
@Timeout(180)
class RelayAndPlayerScriptsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int BATCHES = 30;
  private static final String CARD = "4111-1111-1111-1111";

  @TempDir
  private Path directory;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<RoleProcess> running = new ArrayList<>();
  private final List<String> accepted = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  @AfterEach
  void stop() {
    running.forEach(RoleProcess::close);
  }

  /** Answers 401 to a token that is not fresh. */
  private synchronized void take(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String token = exchange.getRequestHeaders().getFirst("X-Token");
    boolean fresh = "fresh".equals(token);
    (fresh ? accepted : refused).add(exchange.getRequestURI() + " " + body);
    exchange.sendResponseHeaders(fresh ? 200 : 401, -1);
    exchange.close();
  }

  private synchronized List<String> accepted() {
    return List.copyOf(accepted);
  }

  private synchronized List<String> refused() {
    return List.copyOf(refused);
  }

  private static HttpServer site(com.sun.net.httpserver.HttpHandler handler) throws IOException {
    HttpServer site =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    site.createContext("/", handler);
    site.start();
    return site;
  }

  private RoleProcess role(String name, String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".yaml"), yaml);
    RoleProcess role = RoleProcess.start(
        Weir.command("-Xmx256m"),
        directory.resolve(name + ".log"),
        List.of(name, "-c", file.toString()));
    running.add(role);
    return role;
  }

  private void script(String name, String lua) throws IOException {
    Files.writeString(directory.resolve(name), lua);
  }

  private void post(RoleProcess proxy, String path, String body) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://" + proxy.addresses().get("front") + path))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
    assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
  }

  @Test
  void masksAndSplitsInTheRelayAndJudgesInThePlayer() throws Exception {
    script("bucket.lua", """
        function on_relay(req)
          if req.path ~= "/orders" then return end
          local parts = {}
          for _, order in ipairs(req.json) do
            order.card = mask.keep_last(order.card, 4)
            local part = req:clone()
            part.json = order
            parts[#parts + 1] = part
          end
          return parts
        end
        """);
    script("replay.lua", """
        local token = "stale"
        function on_replay(req)
          if req.path == "/health" then return drop "health" end
          req.headers["X-Token"] = token
        end
        function on_response(req, res)
          if res.status == 401 then
            token = "fresh"
            return retry(0, "unauthorized")
          end
        end
        """);
    HttpServer production = site(exchange -> {
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    HttpServer target = site(this::take);
    try {
      RoleProcess relay = role("relay", """
          data: relay
          listen: 127.0.0.1:0
          admin: 127.0.0.1:0
          buckets: {shop: {scripts: [bucket.lua]}}
          """);
      RoleProcess proxy =
          role("proxy", """
          data: proxy
          relay: {url: "http://%s"}
          sources:
            - {type: http, name: front, listen: "127.0.0.1:0", to: "%s", buckets: [shop]}
          buckets: {shop: {}}
          """.formatted(relay.addresses().get("listen"), url(production)));
      for (int i = 0; i < BATCHES; i++) {
        post(
            proxy,
            "/orders",
            "[{\"n\":%d,\"card\":\"%s\"},{\"n\":%d,\"card\":\"%s\"}]"
                .formatted(2 * i, CARD, 2 * i + 1, CARD));
        post(proxy, "/health", "{}");
      }
      post(proxy, "/orders", "no json: " + CARD);
      Page page = new Page(relay.addresses().get("admin"));
      await()
          .atMost(PATIENCE)
          .until(() -> page.totals().waiting() == 3 * BATCHES
              && Long.valueOf(1).equals(page.totals().lostByReason().get("hook-error")));
      assertThat(page.totals().copies()).isEqualTo(BATCHES);
      assertThat(page.totals().imbalance()).isZero();
      // what is masked can be found there, so that the rest could
      assertThat(Traces.of("1111\"}", directory.resolve("relay"))).isNotEmpty();
      assertThat(Traces.of(CARD, directory.resolve("proxy"))).isNotEmpty();
      assertThat(Traces.of(CARD, directory.resolve("relay"))).isEmpty();

      RoleProcess player =
          role("player", """
          data: player
          admin: 127.0.0.1:0
          relay: {url: "http://%s"}
          replays:
            - bucket: shop
              scripts: [replay.lua]
              target: {type: http, to: "%s"}
          """.formatted(relay.addresses().get("listen"), url(target)));
      await()
          .atMost(PATIENCE)
          .until(() -> page.totals().waiting() == 0 && page.totals().balances());

      assertThat(refused()).isNotEmpty();
      assertThat(accepted()).hasSize(2 * BATCHES);
      for (int n = 0; n < 2 * BATCHES; n++) {
        String order = "/orders {\"n\":" + n + ",\"card\":\"";
        assertThat(accepted())
            .filteredOn(text -> text.startsWith(order))
            .singleElement()
            .asString()
            .endsWith("1111\"}")
            .doesNotContain(CARD);
      }
      assertThat(page.totals())
          .returns(2L * BATCHES, totals -> totals.delivered())
          .returns((long) BATCHES, totals -> totals.filtered())
          .returns(0L, totals -> totals.dead())
          .returns(1L, totals -> totals.lost())
          .returns(0L, totals -> totals.imbalance())
          .returns(0L, totals -> totals.difference());
      await().atMost(PATIENCE).until(() -> page.html().contains("replay.lua"));
      assertThat(page.html()).contains("bucket.lua");
      readTheScriptsAgain(relay, player, proxy, page);
    } finally {
      production.stop(0);
      target.stop(0);
    }
  }

  private void readTheScriptsAgain(
      RoleProcess relay, RoleProcess player, RoleProcess proxy, Page page) throws Exception {
    long filtered = page.totals().filtered();
    script(
        "bucket.lua",
        "function on_relay(req) if req.path == '/old' then return drop 'old' end end");
    Reloading.bySignal(relay);
    await().atMost(PATIENCE).until(() -> relay.talk().contains("scripts reloaded: [bucket.lua]"));
    script("bucket.lua", "function on_relay(req");
    assertThat(Reloading.byHttp(relay))
        .returns(422, HttpResponse::statusCode)
        .extracting(HttpResponse::body)
        .asString()
        .contains("bucket.lua:1:");
    await().atMost(PATIENCE).until(() -> page.html().contains("not reloaded, the old one runs"));

    script("replay.lua", "function on_replay(req) return drop 'no more' end");
    Reloading.bySignal(player);
    await().atMost(PATIENCE).until(() -> player.talk().contains("scripts reloaded: [replay.lua]"));
    assertThat(Reloading.byHttp(player).statusCode()).isEqualTo(200);

    post(proxy, "/old", "{}");
    post(proxy, "/new", "{}");
    await()
        .atMost(PATIENCE)
        .until(() -> page.totals().filtered() == filtered + 2 && page.totals().balances());
    assertThat(accepted()).hasSize(2 * BATCHES);
  }

  private static String url(HttpServer site) {
    return "http://127.0.0.1:" + site.getAddress().getPort();
  }
}
