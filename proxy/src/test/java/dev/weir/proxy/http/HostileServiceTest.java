package dev.weir.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Limits;
import dev.weir.http.Refusals;
import dev.weir.unit.ByteRate;
import dev.weir.unit.ByteSize;
import dev.weir.unit.Origin;
import dev.weir.wiretest.Wire;
import dev.weir.wiretest.WireService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers of a service that means harm, or has lost its mind: the client gets 502, or what came and
 * then a closed connection; the next client gets an answer of its own.
 */
@Timeout(60)
class HostileServiceTest {
  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";
  private static final String LAST = "GET / HTTP/1.1¶Host: a¶Connection: close¶¶";
  private static final String GOOD = "HTTP/1.1 200 OK¶Content-Length: 4¶¶good";
  private static volatile byte[] answer = {};
  private static WireService service;
  private static ReverseProxy proxy;

  static Stream<Arguments> answers() {
    String ok = "HTTP/1.1 200 OK¶";
    return Stream.of(
        Arguments.of("a status line without end", "502", "HTTP/1.1 200 " + "O".repeat(200_000)),
        Arguments.of("a field without end", "502", ok + "X: " + "x".repeat(200_000)),
        Arguments.of("fields without end", "502", ok + "A: b¶".repeat(40_000)),
        Arguments.of("more fields than any head has", "502", ok + "A: b¶".repeat(600) + "¶"),
        Arguments.of("not HTTP", "502", "SSH-2.0-OpenSSH_9.2¶¶"),
        Arguments.of("HTTP/2", "502", "HTTP/2.0 200 OK¶¶"),
        Arguments.of("a status of four digits", "502", "HTTP/1.1 2000 OK¶¶"),
        Arguments.of("a status below 100", "502", "HTTP/1.1 099 OK¶¶"),
        Arguments.of("a bare CR in the reason", "502", "HTTP/1.1 200 O\rX: y¶Content-Length: 0¶¶"),
        Arguments.of(
            "a bare CR in a field", "502", ok + "X: a\rSet-Cookie: b=c¶Content-Length: 0¶¶"),
        Arguments.of("NUL in a field", "502", ok + "X: a\0b¶Content-Length: 0¶¶"),
        Arguments.of("a field without a name", "502", ok + ": a¶Content-Length: 0¶¶"),
        Arguments.of("two lengths", "502", ok + "Content-Length: 4¶Content-Length: 5¶¶evil!"),
        Arguments.of("a negative length", "502", ok + "Content-Length: -4¶¶evil"),
        Arguments.of(
            "a length beyond 64 bits", "502", ok + "Content-Length: 99999999999999999999¶¶"),
        Arguments.of(
            "names without end in Connection",
            "502",
            ok + "Connection: " + "a,".repeat(10_000) + "b¶¶"),
        Arguments.of(
            "a switch unasked", "502", "HTTP/1.1 101 Switching Protocols¶Upgrade: evil¶¶evil"),
        Arguments.of("a chunk without a size", "broken", ok + "Transfer-Encoding: chunked¶¶evil¶"),
        Arguments.of(
            "a chunk that does not end", "broken", ok + "Transfer-Encoding: chunked¶¶4¶evil0¶¶"),
        Arguments.of(
            "a chunk of no size",
            "broken",
            ok + "Transfer-Encoding: chunked¶¶ffffffffffffffffff¶evil"),
        Arguments.of(
            "an extension without end",
            "broken",
            ok + "Transfer-Encoding: chunked¶¶4;" + "x".repeat(100_000)),
        Arguments.of(
            "trailers without end",
            "broken",
            ok + "Transfer-Encoding: chunked¶¶4¶evil¶0¶" + "A: b¶".repeat(40_000)),
        Arguments.of("half a body", "200", ok + "Content-Length: 10¶¶half"),
        Arguments.of(
            "a second answer",
            "200",
            ok + "Content-Length: 4¶¶goodHTTP/1.1 200 OK¶Content-Length: 4¶¶evil"),
        Arguments.of(
            "a body behind 204",
            "204",
            "HTTP/1.1 204 No Content¶¶HTTP/1.1 200 OK¶Content-Length: 4¶¶evil"),
        Arguments.of(
            "a body behind 304", "304", "HTTP/1.1 304 Not Modified¶Content-Length: 4¶¶evil"),
        Arguments.of(
            "both codings",
            "200",
            ok + "Content-Length: 99¶Transfer-Encoding: chunked¶¶4¶good¶0¶¶"),
        Arguments.of(
            "interim answers, many",
            "200",
            "HTTP/1.1 103 Early Hints¶Link: a¶¶".repeat(1_000) + GOOD));
  }

  @BeforeAll
  static void start() throws IOException {
    service = WireService.start(HostileServiceTest::serve);
    Origin to = Origin.parse("http://127.0.0.1:" + service.address().getPort());
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Limits limits = new Limits(
        100, 100, ByteRate.parse("1KB/s"), ByteSize.ofMegabytes(1), Duration.ofMillis(20));
    proxy = new ReverseProxy(
        new ReverseProxy.Setup(
            any, null, new ReverseProxy.Service(to, null, Forwarded.NONE, Silence.USUAL)),
        (head, peer) -> null,
        limits,
        new Refusals());
    proxy.start();
  }

  /** The hostile answer once, then good ones; leaves with what it has said. */
  private static void serve(Wire wire) throws IOException {
    while (true) {
      wire.head();
      byte[] hostile = answer;
      answer = null;
      if (hostile != null) {
        wire.send(hostile);
        wire.end();
        wire.rest();
        return;
      }
      wire.send(GOOD);
    }
  }

  @AfterAll
  static void stop() throws IOException {
    proxy.close();
    service.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void costsTheNextClientNothing(String name, String status, String hostile) throws Exception {
    answer = Wire.bytes(hostile);
    try (Wire client = Wire.to(proxy.address())) {
      String got = rest(client.send(GET + LAST));
      if (status.equals("broken")) {
        assertThat(got).doesNotContain("good");
      } else {
        assertThat(got).contains("HTTP/1.1 " + status + " ").doesNotContain("evil");
      }
    }
    answer = null;
    try (Wire other = Wire.to(proxy.address())) {
      assertThat(other.send(GET).readAs(GOOD)).isEqualTo(GOOD);
    }
  }

  /** Everything up to the end, whatever the end, as far as it was there. */
  private static String rest(Wire client) throws IOException {
    try {
      return client.rest();
    } catch (SocketException brokenOff) {
      return "";
    }
  }
}
