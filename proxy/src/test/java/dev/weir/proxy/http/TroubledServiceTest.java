package dev.weir.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.http.Limits;
import dev.weir.http.Refusals;
import dev.weir.http.Tls;
import dev.weir.unit.ByteRate;
import dev.weir.unit.ByteSize;
import dev.weir.unit.Origin;
import dev.weir.wiretest.Wire;
import dev.weir.wiretest.WireService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service that dies, or stands still: the client gets an answer all the same, and soon. */
@Timeout(60)
class TroubledServiceTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";
  private static final String TIMED_OUT = "HTTP/1.1 504 Gateway Timeout¶Content-Length: 0¶¶";

  private final List<AutoCloseable> open = new ArrayList<>();
  /** What happens on the lane's thread, one for each request: before it is connected to anybody. */
  private final Deque<Blow> blows = new ArrayDeque<>();

  private WireService service;
  private ReverseProxy proxy;

  private interface Blow {
    void strike() throws IOException;
  }

  @BeforeEach
  void listen() throws IOException {
    service = WireService.start();
    open.add(service);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private void start(Tls.Client tls, Silence silence, Duration second) throws IOException {
    String scheme = tls == null ? "http" : "https";
    Origin to = Origin.parse(scheme + "://127.0.0.1:" + service.address().getPort());
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    proxy = new ReverseProxy(
        new ReverseProxy.Setup(
            any, null, new ReverseProxy.Service(to, tls, Forwarded.NONE, silence)),
        (head, peer) -> {
          strike();
          return null;
        },
        new Limits(100, 100, ByteRate.parse("1KB/s"), ByteSize.ofMegabytes(1), second),
        new Refusals());
    open.add(proxy);
    proxy.start();
  }

  private void strike() {
    Blow blow = blows.poll();
    if (blow != null) {
      try {
        blow.strike();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Wire client() throws IOException {
    return kept(Wire.to(proxy.address()));
  }

  private Wire upstream() throws IOException {
    return kept(service.accept());
  }

  private Wire kept(Wire wire) {
    open.add(0, wire);
    return wire;
  }

  @Test
  void triesAGetAgainWhereEvenTheWriteFindsTheConnectionDead() throws Exception {
    start(null, Silence.USUAL, Duration.ofHours(1));
    Wire client = client().send(GET);
    Wire upstream = upstream();
    upstream.head();
    upstream.send(OK);
    client.readAs(OK);
    blows.add(upstream::reset);
    client.send(GET);
    Wire second = upstream();
    assertThat(second.head()).isEqualTo(GET);
    second.send(OK);
    assertThat(client.readAs(OK)).isEqualTo(OK);
  }

  /** It may have done half of it. */
  @Test
  void triesNothingAgainThatTheServiceHasHadForLong() throws Exception {
    Duration second = Duration.ofMillis(500);
    start(null, Silence.USUAL, second);
    Wire client = client().send(GET);
    Wire upstream = upstream();
    upstream.head();
    upstream.send(OK);
    client.readAs(OK);
    client.send(GET);
    upstream.head();
    await().pollDelay(second.multipliedBy(4)).until(() -> true);
    upstream.reset();
    assertThat(client.head()).startsWith("HTTP/1.1 502 ");
    assertThat(proxy.failed()).isEqualTo(1);
  }

  @Test
  void answers504WhereAHandshakeDoesNotEnd() throws Exception {
    start(Tls.client(null), Silence.USUAL, SHORT);
    Wire client = client().send(GET);
    upstream();
    assertThat(client.readAs(TIMED_OUT)).isEqualTo(TIMED_OUT);
    assertThat(proxy.failed()).isEqualTo(1);
  }

  @Test
  void answers504WhereNoAnswerBegins() throws Exception {
    Duration hour = Duration.ofHours(1);
    start(null, new Silence(hour, Duration.ofSeconds(30), hour), SHORT);
    Wire client = client().send(GET);
    Wire upstream = upstream();
    upstream.head();
    assertThat(client.readAs(TIMED_OUT)).isEqualTo(TIMED_OUT);
    assertThat(upstream.isClosed()).isTrue();
    assertThat(proxy.failed()).isEqualTo(1);
  }
}
