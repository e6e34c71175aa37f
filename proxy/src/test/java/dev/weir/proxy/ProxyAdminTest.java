package dev.weir.proxy;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.config.ConfigLoader;
import dev.weir.wire.Json;
import dev.weir.wiretest.Wire;
import dev.weir.wiretest.WireService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a proxy tells monitoring, over real sockets, while its relay is not there. */
final class ProxyAdminTest {
  private static final String NO_RELAY = "http://127.0.0.1:1";

  @TempDir
  Path data;

  @Test
  void tellsHowItIsAndStaysReadyWithoutARelay() throws Exception {
    try (WireService service = WireService.start(ProxyAdminTest::answer);
        Proxy proxy = Proxy.start(config(service.address().getPort()));
        Wire client = Wire.to(address(proxy, "shop"))) {
      client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").head();
      try (Wire stranger = Wire.to(address(proxy, "shop"))) {
        assertThat(stranger.send("what?\r\n\r\n").head()).startsWith("HTTP/1.1 400 ");
      }
      String admin = "http://" + proxy.addresses().get("admin");
      await()
          .atMost(5, SECONDS)
          .until(() -> get(admin + "/metrics")
              .contains("weir_proxy_filtered_captures_total{reason=\"excluded\"} 1.0"));

      assertThat(get(admin + "/livez")).isEqualTo("alive\n");
      assertThat(get(admin + "/readyz")).isEqualTo("ready\n");
      assertThat(get(admin + "/metrics"))
          .contains(
              "weir_proxy_captured_captures_total 1.0",
              "weir_proxy_refused_requests_total{reason=\"malformed\"} 1.0",
              "weir_proxy_waiting_captures{bucket=\"shop\"} 0.0",
              "weir_proxy_ledger_imbalance 0.0");
      JsonNode stats = Json.MAPPER.readTree(get(admin + "/v1/stats"));
      assertThat(stats.get("proxy").asText()).isEqualTo("web-1");
      assertThat(stats.get("filtered").get("excluded").asLong()).isEqualTo(1);
      assertThat(proxy.addresses()).containsOnlyKeys("shop", "admin");
    }
  }

  @Test
  void tellsOfTheService() throws Exception {
    try (WireService leaving = WireService.start(Wire::head);
        Proxy proxy = Proxy.start(config(leaving.address().getPort()));
        Wire client = Wire.to(address(proxy, "shop"))) {
      String failed = "weir_proxy_failed_requests_total{source=\"shop\"} ";
      String metrics = "http://" + proxy.addresses().get("admin") + "/metrics";
      assertThat(get(metrics)).contains(failed + "0.0");
      client.send("POST / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 502 ");
      assertThat(get(metrics)).contains(failed + "1.0");
    }
  }

  @Test
  void keepsABucketThatIsNoLongerNamedUntilNothingOfItWaits() throws Exception {
    try (WireService service = WireService.start(ProxyAdminTest::answer)) {
      int port = service.address().getPort();
      try (Proxy proxy = Proxy.start(parse(data, "127.0.0.1:0", port, "old"));
          Wire client = Wire.to(address(proxy, "shop"))) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").head();
        await().atMost(5, SECONDS).until(() -> buckets(proxy).equals("old 1"));
      }
      try (Proxy proxy = Proxy.start(parse(data, "127.0.0.1:0", port, "shop"))) {
        assertThat(buckets(proxy)).isEqualTo("shop 0, old 1");
        assertThat(get("http://" + proxy.addresses().get("admin") + "/metrics"))
            .contains(
                "weir_proxy_waiting_captures{bucket=\"old\"} 1.0",
                "weir_proxy_ledger_imbalance 0.0");
      }
      try (Proxy proxy = Proxy.start(parse(data, "127.0.0.1:0", port, "old"))) {
        assertThat(buckets(proxy)).as("nothing of shop waits").isEqualTo("old 1");
      }
    }
  }

  private static String buckets(Proxy proxy) throws IOException, InterruptedException {
    List<String> buckets = new ArrayList<>();
    Json.MAPPER
        .readTree(get("http://" + proxy.addresses().get("admin") + "/v1/stats"))
        .get("buckets")
        .forEach(bucket -> buckets.add(
            bucket.get("bucket").asText() + " " + bucket.get("waiting").asLong()));
    return String.join(", ", buckets);
  }

  @Test
  void doesNotStartWithoutItsAdminListener() throws Exception {
    try (WireService service = WireService.start();
        Proxy first = Proxy.start(config(service.address().getPort()))) {
      String taken = first.addresses().get("admin");
      ProxyConfig second =
          parse(data.resolve("second"), taken, service.address().getPort(), "shop");
      assertThatThrownBy(() -> Proxy.start(second))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on " + taken);
    }
  }

  private static void answer(Wire wire) throws IOException {
    wire.head();
    wire.send("HTTP/1.1 204 No Content\r\n\r\n");
  }

  private ProxyConfig config(int service) throws Exception {
    return parse(data.resolve("first"), "127.0.0.1:0", service, "shop");
  }

  private static ProxyConfig parse(Path data, String admin, int service, String bucket)
      throws Exception {
    return ConfigLoader.elsewhere(name -> "web-1")
        .parse("""
            data: %s
            relay: {url: '%s'}
            admin: %s
            sources:
              - type: http
                name: shop
                listen: 127.0.0.1:0
                to: http://127.0.0.1:%d
                buckets: [%5$s]
                exclude: [{path: /health}]
            buckets:
              %5$s: {}
            """.formatted(data, NO_RELAY, admin, service, bucket), ProxyConfig.class);
  }

  private static InetSocketAddress address(Proxy proxy, String source) {
    URI listener = URI.create("http://" + proxy.addresses().get(source));
    return new InetSocketAddress(listener.getHost(), listener.getPort());
  }

  private static String get(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
        .body();
  }
}
