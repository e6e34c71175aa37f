package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.AdminListener;
import dev.weir.unit.ListenAddress;
import dev.weir.wire.Protocol;
import dev.weir.wiretest.HugeBody;
import dev.weir.wiretest.Wire;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A gigabyte for the {@code admin} listener of a role: refused, and nobody holds it. */
@Timeout(60)
class HugeBodyTest {
  private static final long LITTLE = 24 << 20;

  private static final Admin.Told TOLD = new Admin.Told() {
    @Override
    public Object stats() {
      return List.of();
    }

    @Override
    public Metrics metrics() {
      return new Metrics();
    }

    @Override
    public List<String> reload() {
      throw new AssertionError("called, though it was refused");
    }
  };

  @ParameterizedTest
  @CsvSource({
    "POST " + Protocol.RELOAD_PATH + ", false",
    "POST " + Protocol.RELOAD_PATH + ", true",
    "GET /metrics, true",
  })
  void isRefused(String request, boolean chunked) throws Exception {
    AdminListener config = new AdminListener(ListenAddress.parse("127.0.0.1:0"), null, List.of());
    try (HttpServer server = Admin.start(config, new TlsFiles(), TOLD)) {
      long before = HugeBody.memory();
      try (Wire client = Wire.to(server.address())) {
        client.send(request + " HTTP/1.1¶Host: localhost¶" + HugeBody.header(chunked) + "¶");
        CompletableFuture<Long> sent = HugeBody.send(client, chunked);
        assertThat(client.head()).startsWith("HTTP/1.1 413 ").contains("Connection: close¶");
        client.rest();
        assertThat(HugeBody.memory() - before).isLessThan(LITTLE);
        sent.handle((crc, brokenOff) -> 0).get(10, TimeUnit.SECONDS);
      }
      try (Wire client = Wire.to(server.address())) {
        client.send("GET /metrics HTTP/1.1¶Host: localhost¶Connection: close¶¶");
        assertThat(client.rest())
            .contains(
                "weir_listener_refused_requests_total{listener=\"admin\",reason=\"too-large\"} 1.0");
      }
    }
  }
}
