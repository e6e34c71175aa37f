package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Routes.Demand;
import dev.weir.unit.ByteSize;
import dev.weir.wiretest.Corpus;
import dev.weir.wiretest.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the listeners of the roles themselves make of requests that mean harm. */
@Timeout(60)
class HostileRequestsTest {
  private static final String GOOD =
      "POST /take HTTP/1.1¶Host: localhost¶Connection: close¶Content-Length: 4¶¶good";

  private static final AtomicInteger CALLS = new AtomicInteger();
  private static final Budget BODIES = new Budget(ByteSize.ofMegabytes(1));
  private static HttpServer server;

  static List<Corpus.Case> requests() throws IOException {
    return Corpus.requests();
  }

  @BeforeAll
  static void start() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Routes routes = new Routes().post("/take", Demand.NOTHING, new ByteSize(1000), call -> {
      CALLS.incrementAndGet();
      return CompletableFuture.completedFuture(Answer.text("text/plain", Wire.text(call.body())));
    });
    server = HttpServer.start(
        new HttpServer.Listener(any, null, Tokens.NONE, BODIES, new Refusals()), routes);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void answersAndGoesOn(Corpus.Case hostile) throws Exception {
    CALLS.set(0);
    String answer = answer(hostile.bytes());
    switch (hostile.called()) {
      case "refused" -> {
        assertThat(CALLS).hasValue(0);
        assertThat(answer).doesNotStartWith("HTTP/1.1 2");
      }
      case "taken" -> assertThat(answer).startsWith("HTTP/1.1 200 ");
      default -> {} // whatever it is, the next one is served
    }
    assertThat(answer(Wire.bytes(GOOD))).startsWith("HTTP/1.1 200 ");
  }

  private static String answer(byte[] bytes) throws IOException {
    try (Wire client = Wire.to(server.address())) {
      return client.send(bytes).head();
    } catch (IOException brokenOff) {
      return "";
    }
  }
}
