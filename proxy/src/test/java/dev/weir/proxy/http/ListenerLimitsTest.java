package dev.weir.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.capture.Headers;
import dev.weir.config.ServerTls;
import dev.weir.http.Limits;
import dev.weir.http.Refusal;
import dev.weir.http.Refusals;
import dev.weir.http.Tls;
import dev.weir.unit.ByteRate;
import dev.weir.unit.ByteSize;
import dev.weir.unit.Origin;
import dev.weir.wiretest.Wire;
import dev.weir.wiretest.WireService;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client may take of a listener, of time and of room; its lanes' seconds are short here. */
@Timeout(60)
class ListenerLimitsTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofSeconds(1);
  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";
  private static final String TIMED_OUT =
      "HTTP/1.1 408 Request Timeout¶Content-Length: 0¶Connection: close¶¶";

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Refusals refusals = new Refusals();
  private WireService service;
  private ReverseProxy proxy;

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private void start(Limits limits, WireService.Script script, Tls.Server tls) throws IOException {
    start(limits, Silence.USUAL, script, tls);
  }

  private void start(Limits limits, Silence silence, WireService.Script script, Tls.Server tls)
      throws IOException {
    service = WireService.start(script);
    Origin to = Origin.parse("http://127.0.0.1:" + service.address().getPort());
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ReverseProxy.Setup setup = new ReverseProxy.Setup(
        any, tls, new ReverseProxy.Service(to, null, Forwarded.NONE, silence));
    proxy = new ReverseProxy(setup, (head, peer) -> null, limits, refusals);
    open.add(service);
    open.add(proxy);
    proxy.start();
  }

  private static Limits limits(Duration second) {
    return new Limits(20_000, 10_000, ByteRate.parse("1KB/s"), ByteSize.ofMegabytes(16), second);
  }

  private Wire client() throws IOException {
    Wire wire = Wire.to(proxy.address());
    open.add(0, wire);
    return wire;
  }

  /** Has its answer before it has seen anything. */
  private record Refusing(byte[] refusal) implements Answering {
    @Override
    public CompletionStage<byte[]> answer() {
      return CompletableFuture.completedStage(refusal);
    }

    @Override
    public void requestBody(ByteBuffer bytes, int from, int to) {}

    @Override
    public void requestEnd(Headers trailers) {}

    @Override
    public void response(ResponseHead head) {}

    @Override
    public void responseBody(ByteBuffer bytes, int from, int to) {}

    @Override
    public void responseEnd(Headers trailers) {}

    @Override
    public void end() {}
  }

  private static void serve(Wire wire) throws IOException {
    while (true) {
      wire.head();
      wire.send(OK);
    }
  }

  @Test
  void doesNotWaitForAHeadThatDoesNotEnd() throws Exception {
    start(limits(SHORT), ListenerLimitsTest::serve, null);
    Wire slow = client().send("GET / HTTP/1.1¶Ho");
    assertThat(slow.rest()).isEqualTo(TIMED_OUT);
    assertThat(refusals.of(Refusal.TOO_SLOW)).isEqualTo(1);
    assertThat(client().send(GET).readAs(OK)).isEqualTo(OK);
  }

  @Test
  void doesNotWaitForABodyThatComesTooSlowly() throws Exception {
    start(limits(SHORT), null, null);
    Wire slow = client().send("POST / HTTP/1.1¶Host: a¶Content-Length: 1000000¶¶some");
    Wire upstream = service.accept();
    upstream.head();
    assertThat(slow.rest()).isEqualTo(TIMED_OUT);
    upstream.read(4);
    assertThat(upstream.isClosed()).isTrue();
    assertThat(refusals.of(Refusal.TOO_SLOW)).isEqualTo(1);
    assertThat(proxy.failed()).as("the service is not to blame").isZero();
  }

  @Test
  void leavesATalkBothWaysItsPauses() throws Exception {
    Limits strict = new Limits(10, 10, ByteRate.parse("1GB/s"), ByteSize.ofMegabytes(1), SHORT);
    start(
        strict,
        wire -> {
          wire.head();
          wire.send("HTTP/1.1 200 OK¶Content-Length: 1000000000¶¶");
          while (true) {
            wire.send(wire.read(1));
          }
        },
        null);
    Wire talking = client().send("POST / HTTP/1.1¶Host: a¶Content-Length: 1000000000¶¶");
    talking.head();
    long until = System.nanoTime() + SHORT.multipliedBy(100).toNanos();
    while (System.nanoTime() < until) {
      assertThat(talking.send("x").read(1)).isEqualTo("x");
    }
    assertThat(refusals.of(Refusal.TOO_SLOW)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 3600, 3600, upload", "3600, 1, 3600, answer", "3600, 3600, 1, tunnel"})
  void breaksOffWhatStandsStill(int upload, int answer, int tunnel, String what) throws Exception {
    Silence silence = new Silence(
        Duration.ofSeconds(upload), Duration.ofSeconds(answer), Duration.ofSeconds(tunnel));
    start(
        limits(Duration.ofMillis(200)),
        silence,
        wire -> {
          String request = wire.head();
          if (request.contains("Upgrade")) {
            wire.send("HTTP/1.1 101 Switching¶Connection: Upgrade¶Upgrade: x¶¶open");
          } else if (request.startsWith("GET")) {
            wire.send("HTTP/1.1 200 OK¶Content-Length: 9¶¶open");
          }
          wire.rest();
        },
        null);
    String begun = switch (what) {
      case "upload" -> "";
      case "answer" -> "HTTP/1.1 200 OK¶Content-Length: 9¶¶open";
      default -> "HTTP/1.1 101 Switching¶Connection: Upgrade¶Upgrade: x¶¶open";
    };
    Wire client = client()
        .send(
            switch (what) {
              case "upload" -> "POST / HTTP/1.1¶Host: a¶Content-Length: 9¶¶some";
              case "answer" -> GET;
              default -> "GET / HTTP/1.1¶Host: a¶Connection: Upgrade¶Upgrade: x¶¶";
            });
    assertThat(client.readAs(begun)).isEqualTo(begun);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void doesNotBlameTheServiceForAClientThatDoesNotRead() throws Exception {
    CompletableFuture<String> ended = new CompletableFuture<>();
    Silence silence = new Silence(Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofHours(1));
    start(
        limits(SHORT),
        silence,
        wire -> {
          wire.head();
          wire.send("HTTP/1.1 200 OK¶Content-Length: 1000000000¶¶");
          try {
            while (true) {
              wire.send("x".repeat(10_000));
            }
          } catch (IOException e) {
            ended.complete("broken off");
          }
        },
        null);
    Wire deaf = client().send(GET);
    assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo("broken off");
    assertThat(deaf.socket().isClosed()).isFalse();
    assertThat(proxy.failed()).isZero();
  }

  /** As an ingest source refuses a request whose body it has not seen. */
  @Test
  void takesNoUploadForLongThatHasItsAnswer() throws Exception {
    byte[] refused = Responses.own(413, true);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    proxy = new ReverseProxy(
        new ReverseProxy.Setup(any, null, null),
        (head, peer) -> new Refusing(refused),
        limits(SHORT),
        refusals);
    open.add(proxy);
    proxy.start();
    Wire client = client().send("POST / HTTP/1.1¶Host: a¶Content-Length: 1000000000000¶¶");
    assertThat(client.head()).startsWith("HTTP/1.1 413 ");
    long until = System.nanoTime() + SHORT.multipliedBy(500).toNanos();
    assertThatThrownBy(() -> {
          while (System.nanoTime() < until) {
            client.send("more");
          }
        })
        .as("30 s are enough")
        .isInstanceOf(SocketException.class);
  }

  @Test
  void closesAConnectionThatIsNotUsed() throws Exception {
    start(limits(SHORT), ListenerLimitsTest::serve, null);
    Wire idle = client();
    Wire used = client().send(GET);
    used.readAs(OK);
    assertThat(idle.isClosed()).isTrue();
    assertThat(used.isClosed()).isTrue();
    assertThat(refusals.byReason().values()).as("nothing wrong with that").containsOnly(0L);
  }

  @Test
  void doesNotWaitForAGreetingThatDoesNotCome() throws Exception {
    Path folder = Path.of("src/test/resources/tls");
    ServerTls tls =
        new ServerTls(folder.resolve("certificate.pem"), folder.resolve("key.pem"), null);
    start(limits(SHORT), ListenerLimitsTest::serve, Tls.server(tls));
    Wire silent = client();
    Wire dribbling = client().send("\u0016\u0003\u0001\u0002");
    assertThat(silent.isClosed()).isTrue();
    assertThat(dribbling.isClosed()).isTrue();
    assertThat(refusals.of(Refusal.TOO_SLOW)).isEqualTo(2);
  }

  @Test
  void givesOneAddressSoManyConnections() throws Exception {
    start(
        new Limits(100, 3, ByteRate.parse("1KB/s"), ByteSize.ofMegabytes(1), LONG),
        ListenerLimitsTest::serve,
        null);
    Wire first = client();
    for (Wire each : List.of(first, client(), client())) {
      assertThat(each.send(GET).readAs(OK)).isEqualTo(OK);
    }
    assertThat(client().isClosed()).isTrue();
    assertThat(refusals.of(Refusal.TOO_MANY)).isEqualTo(1);
    first.close();
    await().until(this::isServed);
  }

  private boolean isServed() throws IOException {
    try (Wire wire = Wire.to(proxy.address())) {
      return wire.send(GET).readAs(OK).equals(OK);
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void letsTheOldestGoWhereHalfHeadsTakeTooMuch() throws Exception {
    Limits narrow =
        new Limits(1_000, 1_000, ByteRate.parse("1KB/s"), new ByteSize(100 << 10), LONG);
    start(narrow, ListenerLimitsTest::serve, null);
    List<Wire> slow = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      slow.add(client().send("GET / HTTP/1.1¶Host: a¶X: " + "x".repeat(10_000)));
    }
    // two lanes at most take 100 KB each
    await().until(() -> refusals.of(Refusal.TOO_SLOW) >= 60 - 2 * 10);
    assertThat(slow.get(0).rest()).isEqualTo(TIMED_OUT);
    assertThat(client().send(GET).readAs(OK)).isEqualTo(OK);
  }

  @Test
  void servesOthersWhileTwoThousandDribble() throws Exception {
    start(limits(LONG), ListenerLimitsTest::serve, null);
    Wire customer = client().send(GET);
    customer.readAs(OK);
    long before = directMemory();
    List<Wire> dribbling = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      dribbling.add(client().send("POST / HTTP/1.1¶Host: a¶X: "));
      if (i % 10 == 0) {
        assertThat(customer.send(GET).readAs(OK)).isEqualTo(OK);
      }
    }
    for (Wire each : dribbling) {
      try {
        each.send("x");
      } catch (SocketException letGo) {
        // a slow machine took half a minute for this
      }
    }
    for (int i = 0; i < 500; i++) {
      assertThat(customer.send(GET).readAs(OK)).isEqualTo(OK);
    }
    assertThat(directMemory() - before).as("no buffer each").isLessThan(1_000L * Lane.BUFFER);
    assertThat(proxy.failed()).isZero();
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void putsAHeadTogetherHoweverItComes() throws Exception {
    start(limits(LONG), null, null);
    String head = "POST /a HTTP/1.1¶Host: a¶X: " + "x".repeat(40_000) + "¶Content-Length: 3¶¶";
    Wire client = client();
    byte[] bytes = Wire.bytes(head + "abc");
    for (int from = 0; from < bytes.length; ) {
      int to = Math.min(bytes.length, from + (from < 60 || from > bytes.length - 60 ? 1 : 4_096));
      client.send(java.util.Arrays.copyOfRange(bytes, from, to));
      from = to;
    }
    Wire upstream = service.accept();
    assertThat(upstream.readAs(head + "abc")).isEqualTo(head + "abc");
    upstream.send(OK);
    assertThat(client.readAs(OK)).isEqualTo(OK);
  }
}
