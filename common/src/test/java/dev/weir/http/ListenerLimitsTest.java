package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.config.ServerTls;
import dev.weir.http.Routes.Demand;
import dev.weir.unit.ByteRate;
import dev.weir.unit.ByteSize;
import dev.weir.wiretest.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a client may take of the listeners that roles have in common; their seconds are short here.
 */
@Timeout(60)
class ListenerLimitsTest {
  private static final Limits SHORT = limits(100, 100, 10);
  private static final Limits LONG = limits(100, 100, 1_000);
  private static final ByteSize MAX = new ByteSize(1_000);
  private static final String GOOD = "POST /take HTTP/1.1¶Host: localhost¶Content-Length: 4¶¶good";

  private static final String ANSWERED = "04¶good¶0¶¶";

  @TempDir
  private Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Refusals refusals = new Refusals();
  private final Budget bodies = new Budget(MAX);
  private @Nullable HttpServer server;

  private static Limits limits(int connections, int perAddress, int second) {
    return new Limits(
        connections,
        perAddress,
        ByteRate.parse("1KB/s"),
        new ByteSize(100 << 10),
        Duration.ofMillis(second));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private void start(Limits limits, @Nullable ServerTls tls) throws IOException {
    Routes routes = new Routes()
        .get("/", Demand.NOTHING, call -> CompletableFuture.completedFuture(Answer.empty()))
        .post(
            "/take",
            Demand.NOTHING,
            MAX,
            call -> CompletableFuture.completedFuture(
                Answer.text("text/plain", Wire.text(call.body()))));
    HttpServer.Listener listener = new HttpServer.Listener(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        tls == null ? null : Tls.server(tls),
        Tokens.NONE,
        bodies,
        refusals);
    server = HttpServer.start(listener, routes, limits);
    open.add(server);
  }

  private Wire client() throws IOException {
    Wire wire = Wire.to(server.address());
    open.add(0, wire);
    return wire;
  }

  private void isServed(Wire wire) throws IOException {
    assertThat(wire.send(GOOD).head()).startsWith("HTTP/1.1 200 ");
    assertThat(wire.readAs(ANSWERED)).isEqualTo(ANSWERED);
  }

  private void areCounted(Map<String, Long> expected) {
    await().untilAsserted(() -> {
      Map<String, Long> counted = new TreeMap<>(refusals.byReason());
      counted.values().removeIf(count -> count == 0);
      assertThat(counted).isEqualTo(expected);
    });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "408 | too-slow | GET / HTTP/1.1¶Ho",
        "408 | too-slow | POST /take HTTP/1.1¶Host: localhost¶Content-Length: 900¶¶some",
        "408 | too-slow | POST /take HTTP/1.1¶Host: localhost¶Transfer-Encoding: chunked¶¶4¶some",
        "413 | too-large | POST /take HTTP/1.1¶Host: localhost¶Content-Length: 1001¶¶some",
        "413 | too-large | POST /take HTTP/1.1¶Host: localhost¶Transfer-Encoding: chunked¶¶7d0¶LARGE",
        "413 | too-large | GET / HTTP/1.1¶Host: localhost¶Transfer-Encoding: chunked¶¶4¶some",
        "400 | too-large | GET / HTTP/1.1¶Host: localhost¶X: HUGE",
        "400 | malformed | what?¶¶",
        "400 | malformed | POST /take HTTP/1.1¶Host: localhost¶Transfer-Encoding: x¶Content-Length: 4¶¶some",
        "403 | unauthorized | GET / HTTP/1.1¶Host: elsewhere.example¶Connection: close¶¶",
      })
  void turnsAwayAndCounts(String status, String reason, String request) throws Exception {
    start(SHORT, null);
    String text = request.replace("LARGE", "x".repeat(2_000)).replace("HUGE", "x".repeat(40_000));
    for (int i = 1; i <= 2; i++) { // at first, and after a call that was served
      Wire client = client();
      if (i == 2) {
        isServed(client);
      }
      assertThat(client.send(text).head()).startsWith("HTTP/1.1 " + status + " ");
      areCounted(Map.of(reason, (long) i));
    }
    isServed(client());
    await().until(() -> bodies.taken().equals(new ByteSize(0)));
  }

  @Test
  void doesNotWaitForAHeadThatBeganWithTheRequestBeforeIt() throws Exception {
    start(SHORT, null);
    Wire client = client().send(GOOD + "GET / HTTP/1.1¶Ho");
    assertThat(client.head()).startsWith("HTTP/1.1 200 ");
    assertThat(client.readAs(ANSWERED)).isEqualTo(ANSWERED);
    assertThat(client.rest()).startsWith("HTTP/1.1 408 ");
    areCounted(Map.of("too-slow", 1L));
  }

  @Test
  void closesAConnectionThatIsNotUsed() throws Exception {
    start(limits(100, 100, 2), null);
    Wire used = client();
    isServed(used);
    assertThat(client().isClosed()).isTrue();
    assertThat(used.isClosed()).isTrue();
    areCounted(Map.of());
  }

  @Test
  void countsNobodyWhoLeaves() throws Exception {
    start(LONG, null);
    client().send("GET / HTTP/1.1¶Ho").end().rest();
    Wire half = client().send("GET / HTTP/1.1¶Ho");
    isServed(client());
    server.close();
    assertThat(half.isClosed()).isTrue();
    areCounted(Map.of());
  }

  @Test
  void doesNotWaitForAGreetingThatDoesNotCome() throws Exception {
    Certificates own = Certificates.make(folder, "dns:localhost,ip:127.0.0.1");
    start(SHORT, new ServerTls(own.certificate(), own.key(), null));
    Wire silent = client();
    Wire dribbling = client().send("\u0016\u0003\u0001\u0002");
    assertThat(silent.isClosed()).isTrue();
    assertThat(dribbling.isClosed()).isTrue();
    areCounted(Map.of("too-slow", 2L));
  }

  @Test
  void givesOneAddressSoManyConnections() throws Exception {
    start(limits(100, 3, 1_000), null);
    Wire first = client();
    for (Wire each : List.of(first, client(), client())) {
      isServed(each);
    }
    assertThat(client().isClosed()).isTrue();
    areCounted(Map.of("too-many", 1L));
    first.send("what?¶¶").rest(); // closed by the parser: its place is free
    await().until(this::isServed);
  }

  private boolean isServed() throws IOException {
    try (Wire wire = Wire.to(server.address())) {
      return wire.send(GOOD).head().startsWith("HTTP/1.1 200 ");
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void letsFurtherConnectionsWaitWhereAllAreTooMany() throws Exception {
    start(limits(2, 100, 1_000), null);
    List<Wire> inside = List.of(client(), client());
    for (Wire each : inside) {
      isServed(each);
    }
    Wire waiting = client().send(GOOD);
    isServed(inside.get(1));
    assertThat(waiting.hasSomething()).isFalse();
    inside.get(0).close();
    assertThat(waiting.head()).startsWith("HTTP/1.1 200 ");
    areCounted(Map.of());
  }

  @Test
  void turnsAwayWhoeverSendsABodyWhereTooManyAreBeingRead() throws Exception {
    start(LONG, null);
    client().send("POST /take HTTP/1.1¶Host: localhost¶Content-Length: 998¶¶");
    await().until(() -> bodies.taken().equals(new ByteSize(998)));
    assertThat(client().send(GOOD).head()).startsWith("HTTP/1.1 503 ");
    areCounted(Map.of("too-many", 1L));
  }

  @Test
  void letsTheOldestGoWhereHalfHeadsTakeTooMuch() throws Exception {
    start(LONG, null);
    List<Wire> slow = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      slow.add(client().send("GET / HTTP/1.1¶Host: a¶X: " + "x".repeat(10_000)));
    }
    await().until(() -> refusals.of(Refusal.TOO_SLOW) >= 20);
    assertThat(slow.get(0).rest()).startsWith("HTTP/1.1 408 ");
    isServed(client());
  }

  @Test
  void putsTogetherWhatComesInPieces() throws Exception {
    start(LONG, null);
    byte[] bytes = Wire.bytes(GOOD.replace("Host", "X: " + "x".repeat(20_000) + "¶Host"));
    Wire client = client();
    for (int from = 0; from < bytes.length; ) {
      int to = Math.min(bytes.length, from + (from < 60 || from > bytes.length - 60 ? 1 : 4_096));
      client.send(Arrays.copyOfRange(bytes, from, to));
      from = to;
    }
    assertThat(client.head()).startsWith("HTTP/1.1 200 ");
    assertThat(client.readAs(ANSWERED)).isEqualTo(ANSWERED);
    isServed(client);
    areCounted(Map.of());
  }
}
