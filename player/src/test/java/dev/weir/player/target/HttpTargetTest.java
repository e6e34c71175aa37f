package dev.weir.player.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Body;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.config.ClientTls;
import dev.weir.http.Certificates;
import dev.weir.http.TlsFiles;
import dev.weir.player.target.Outcome.Dead;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.player.target.Outcome.Retry;
import dev.weir.player.target.Target.Attempt;
import dev.weir.unit.BucketName;
import dev.weir.unit.Origin;
import dev.weir.wire.LeaseRequest.Order;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a site sees, byte for byte, and what becomes of what it answers. */
class HttpTargetTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String HOP = "Weir-Hop: shop\r\n\r\n";

  @TempDir
  Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private volatile ByteSite.Answer answer = request -> ByteSite.ok("fine");

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a/../b/./c//d",
        "/%7Euser/%2e%2E/%2f?q=%20+&r=%zz",
        "/b?a=1&a=2&=&&#frag",
        "/caf\u00e9?x=\u00ff|\"<>^`{}\\",
        "/with space",
        "*",
        "http://shop.example/absolute?x",
        "//two"
      })
  void sendsTheRequestTargetAsItWasCaptured(String target) throws Exception {
    ByteSite site = site();
    deliver(exact(site), Attempts.get("s", target));

    assertThat(site.next().bytes()).startsWith("GET " + target + " HTTP/1.1\r\n");
  }

  @Test
  void sendsTheFieldsAsTheyWereCapturedAndAddsNone() throws Exception {
    ByteSite site = site();
    Headers headers = Headers.of(
        "x-lower",
        "1",
        "hOsT",
        "shop.example",
        "X-Twice",
        "b",
        "Accept",
        "*/*",
        "x-TWICE",
        "a",
        "X-Empty",
        "",
        "X-Latin",
        "\u00e9\u00ff",
        "X-Inner",
        "a  b\tc");

    deliver(exact(site), Attempts.of(Attempts.request("GeT", "/", headers, "")));

    assertThat(site.next().bytes())
        .isEqualTo("GeT / HTTP/1.1\r\nx-lower: 1\r\nhOsT: 127.0.0.1:" + site.port()
            + "\r\nX-Twice: b\r\nAccept: */*\r\nx-TWICE: a\r\nX-Empty: \r\nX-Latin: \u00e9\u00ff\r\n"
            + "X-Inner: a  b\tc\r\n" + HOP);
  }

  @Test
  void keepsTheCapturedHostIfAsked() throws Exception {
    ByteSite site = site();
    Target target = target(site, Order.NONE, true, false);

    deliver(target, Attempts.get("s", "/"));

    assertThat(site.next().bytes()).isEqualTo("GET / HTTP/1.1\r\nHost: shop.example\r\n" + HOP);
  }

  @Test
  void namesAHostWhereTheCaptureHasNoneAsInHttp2() throws Exception {
    ByteSite site = site();
    Request request = Attempts.request("GET", "/", Headers.of("accept", "*/*"), "");

    deliver(exact(site), Attempts.of(request));
    deliver(target(site, Order.NONE, true, false), Attempts.of(request));

    assertThat(site.next().bytes()).contains("Host: 127.0.0.1:" + site.port() + "\r\naccept");
    assertThat(site.next().bytes()).contains("Host: shop.example\r\naccept");
  }

  @Test
  void leavesOutWhatWasForTheFirstHop() throws Exception {
    ByteSite site = site();
    Headers headers = Headers.of(
        "Connection",
        "close, X-Mine",
        "Keep-Alive",
        "5",
        "X-Mine",
        "1",
        "X-Yours",
        "2",
        "TE",
        "trailers",
        "Upgrade",
        "websocket",
        "Proxy-Connection",
        "keep-alive",
        "Proxy-Authorization",
        "Basic x",
        "Expect",
        "100-continue",
        "Authorization",
        "Bearer y");

    deliver(exact(site), Attempts.of(Attempts.request("GET", "/", headers, "")));

    assertThat(site.next().bytes())
        .isEqualTo("GET / HTTP/1.1\r\nHost: 127.0.0.1:" + site.port()
            + "\r\nX-Yours: 2\r\nAuthorization: Bearer y\r\n" + HOP);
  }

  @Test
  void tellsWhereTheCaptureComesFrom() throws Exception {
    ByteSite site = site();
    Headers headers =
        Headers.of("Host", "h", "weir-capture-id", "old", "Weir-Hop", "first", "Weir-Attempt", "9");

    deliver(
        target(site, Order.NONE, false, true),
        Attempts.of(Attempts.request("GET", "/", headers, "")));

    assertThat(site.next().bytes())
        .isEqualTo("GET / HTTP/1.1\r\nHost: 127.0.0.1:" + site.port()
            + "\r\nWeir-Capture-Id: 0123456789abcdef0123456789abcdef-7\r\nWeir-Attempt: 2\r\n"
            + "Weir-Captured-At: 2026-01-02T03:04:05.000000006Z\r\nWeir-Hop: first, shop\r\n\r\n");
  }

  @Test
  void keepsTheLengthWhereItStood() throws Exception {
    ByteSite site = site();
    Headers headers = Headers.of("content-LENGTH", "3", "Host", "h", "X-After", "1");

    deliver(exact(site), Attempts.of(Attempts.request("POST", "/", headers, "\u0000\u00ffx")));

    assertThat(site.next().bytes())
        .isEqualTo("POST / HTTP/1.1\r\ncontent-LENGTH: 3\r\nHost: 127.0.0.1:" + site.port()
            + "\r\nX-After: 1\r\n" + HOP + "\u0000\u00ffx");
  }

  @Test
  void rightsALengthThatAHookMadeWrongAndKeepsAZero() throws Exception {
    ByteSite site = site();
    Headers wrong = Headers.of("Host", "h", "Content-Length", "999");
    Headers zero = Headers.of("Host", "h", "Content-Length", "0");

    deliver(exact(site), Attempts.of(Attempts.request("PUT", "/", wrong, "abc")));
    deliver(exact(site), Attempts.of(Attempts.request("PUT", "/", zero, "")));

    assertThat(site.next().bytes()).contains("\r\nContent-Length: 3\r\n").endsWith("\r\n\r\nabc");
    assertThat(site.next().bytes()).contains("\r\nContent-Length: 0\r\n").endsWith(HOP);
  }

  @Test
  void framesABodyThatCameWithoutFramingAndLeavesNoBodyAlone() throws Exception {
    ByteSite site = site();
    Headers headers = Headers.of("Host", "h");

    deliver(exact(site), Attempts.of(Attempts.request("POST", "/", headers, "abc")));
    deliver(exact(site), Attempts.of(Attempts.request("POST", "/", headers, "")));

    assertThat(site.next().bytes()).endsWith("\r\nContent-Length: 3\r\nWeir-Hop: shop\r\n\r\nabc");
    assertThat(site.next().bytes()).doesNotContain("Length").doesNotContain("Transfer");
  }

  @Test
  void chunksABodyThatCameInChunksAndSendsItsTrailers() throws Exception {
    ByteSite site = site();
    Headers headers = Headers.of(
        "Host", "h", "transfer-encoding", "Chunked", "Trailer", "X-Sum", "Content-Length", "5");
    Request request = Attempts.request("POST", "/", headers, "0123456789abcdef!");

    deliver(
        exact(site), Attempts.of(withTrailers(request, Headers.of("X-Sum", "1", "x-sum", "2"))));

    assertThat(site.next().bytes())
        .isEqualTo("POST / HTTP/1.1\r\nHost: 127.0.0.1:" + site.port()
            + "\r\ntransfer-encoding: Chunked\r\nTrailer: X-Sum\r\n" + HOP
            + "11\r\n0123456789abcdef!\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n");
  }

  @Test
  void sendsAnEmptyChunkedBody() throws Exception {
    ByteSite site = site();
    Headers headers = Headers.of("Host", "h", "Transfer-Encoding", "chunked");

    deliver(exact(site), Attempts.of(Attempts.request("POST", "/", headers, "")));

    assertThat(site.next().bytes()).endsWith(HOP + "0\r\n\r\n");
  }

  @Test
  void sendsALargeBodyWhole() throws Exception {
    ByteSite site = site();
    String body = "0123456789abcdef".repeat(200_000);

    Outcome outcome = deliver(
        exact(site), Attempts.of(Attempts.request("POST", "/", Headers.of("Host", "h"), body)));

    assertThat(outcome).isInstanceOf(Delivered.class);
    assertThat(site.next().bytes()).endsWith("\r\n\r\n" + body);
  }

  @Test
  void buriesWhatCannotBeSentAsItWasCaptured() throws Exception {
    ByteSite site = site();
    Target target = exact(site);
    Headers host = Headers.of("Host", "h");
    Request truncated = new Request(
        "POST",
        "http",
        "h",
        "/",
        "HTTP/1.1",
        host,
        Body.truncated(new byte[3], 10),
        Headers.NONE,
        Client.NONE);

    assertThat(reason(target, truncated)).isEqualTo("body truncated: 3 of 10 bytes were captured");
    assertThat(reason(target, Attempts.request("GET", "/a\r\nX: y", host, "")))
        .isEqualTo("request target holds U+000D at 2: it cannot be sent as it is");
    assertThat(reason(target, Attempts.request("GET", "/\u6c34", host, ""))).contains("U+6C34");
    assertThat(reason(target, Attempts.request("GET", "", host, ""))).contains("no request target");
    assertThat(reason(target, Attempts.request("GET /", "/", host, ""))).contains("not a method");
    assertThat(reason(target, Attempts.request("CONNECT", "h:1", host, ""))).contains("CONNECT");
    assertThat(reason(target, Attempts.request("GET", "/", Headers.of("X", "a\nb"), "")))
        .contains("field X holds U+000A");
    assertThat(reason(target, Attempts.request("GET", "/", Headers.of("X:", "a"), "")))
        .contains("not a name of a field");
    assertThat(site.connections()).isZero();
  }

  @Test
  void keepsTheBeginningOfTheAnswer() throws Exception {
    answer = request ->
        "HTTP/1.1 404 Not Here\r\nX-A: 1\r\nContent-Length: 10000\r\n\r\n" + "x".repeat(10_000);

    Outcome outcome = deliver(exact(site()), Attempts.get("s", "/"));

    assertThat(outcome).isInstanceOfSatisfying(Delivered.class, delivered -> {
      assertThat(delivered.answer().status()).isEqualTo(404);
      assertThat(delivered.answer().headers().get("x-a")).isEqualTo("1");
      assertThat(delivered.answer().body().size()).isEqualTo(4096);
      assertThat(delivered.answer().body().length()).isEqualTo(10_000);
    });
  }

  @Test
  void followsNoRedirect() throws Exception {
    answer = request -> "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n";
    ByteSite site = site();

    Outcome outcome = deliver(exact(site), Attempts.get("s", "/"));

    assertThat(outcome.answer().status()).isEqualTo(302);
    site.next();
    assertThat(site.waiting()).isZero();
  }

  @Test
  void triesAgainWhenTheSiteAsksForIt() throws Exception {
    answer = request -> "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy";

    Outcome outcome = deliver(exact(site()), Attempts.get("s", "/"));

    assertThat(outcome).isInstanceOfSatisfying(Retry.class, retry -> {
      assertThat(retry.reason()).isEqualTo("it answered 503");
      assertThat(retry.after()).isEqualTo(Duration.ofSeconds(7));
      assertThat(retry.answer().body().bytes()).isEqualTo("busy".getBytes(StandardCharsets.UTF_8));
    });
  }

  @Test
  void triesAgainWhenThereIsNoAnswer() throws Exception {
    answer = request -> "";
    ByteSite site = site();
    assertThat(deliver(exact(site), Attempts.get("s", "/")))
        .isEqualTo(new Retry("the connection was closed without an answer"));

    answer = request -> "SSH-2.0-OpenSSH\r\n";
    assertThat(deliver(exact(site), Attempts.get("s", "/")))
        .isEqualTo(new Retry("not an HTTP/1 answer: \"SSH-2.0-OpenSSH\""));

    Target nobody = exact(site);
    site.close();
    assertThat(deliver(nobody, Attempts.get("s", "/"))).isInstanceOf(Retry.class);
  }

  @Test
  void triesAgainWhenTheAnswerTakesTooLong() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    answer = request -> {
      never.await();
      return "";
    };
    Target target = exact(site());

    long before = System.nanoTime();
    Outcome outcome = target
        .deliver(Attempts.get("s", "/"), Duration.ofMillis(200))
        .toCompletableFuture()
        .get();

    assertThat(outcome).isEqualTo(new Retry("no answer within 200ms"));
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isBetween(Duration.ofMillis(200), Duration.ofMillis(1500));
    never.countDown();
  }

  @Test
  void takesTheHeadOfAStreamThatDoesNotEndForTheAnswer() throws Exception {
    answer = request -> "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n";
    Target target = exact(site());

    Outcome outcome = target
        .deliver(Attempts.get("s", "/"), Duration.ofMillis(200))
        .toCompletableFuture()
        .get();

    assertThat(outcome).isInstanceOf(Delivered.class);
    assertThat(outcome.answer().body().size()).isEqualTo(9);
  }

  @Test
  void givesEachSessionAConnectionOfItsOwn() throws Exception {
    ByteSite site = site();
    Target target = target(site, Order.SESSION, false, false);

    for (int i = 0; i < 12; i++) {
      deliver(target, Attempts.get("session-" + i % 3, "/" + i % 3));
    }

    assertThat(site.connections()).isEqualTo(3);
    for (int i = 0; i < 12; i++) {
      ByteSite.Received received = site.next();
      assertThat(received.bytes()).startsWith("GET /" + (received.connection() - 1) + " ");
    }
  }

  @Test
  void sharesConnectionsWhereSessionsDoNotMatter() throws Exception {
    ByteSite site = site();
    Target target = target(site, Order.NONE, false, false);

    for (int i = 0; i < 12; i++) {
      deliver(target, Attempts.get("session-" + i, "/"));
    }

    assertThat(site.connections()).isEqualTo(1);
  }

  @Test
  void opensAnotherConnectionWhenTheSiteHasClosedOne() throws Exception {
    ByteSite site = site();
    Target target = exact(site);
    for (int i = 0; i < 5; i++) {
      assertThat(deliver(target, Attempts.get("s", "/" + i))).isInstanceOf(Delivered.class);
      site.closeConnections();
    }

    assertThat(site.connections()).isEqualTo(5);
  }

  @Test
  void endsAConnectionThatTheAnswerEnds() throws Exception {
    answer = request -> "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    ByteSite site = site();
    Target target = exact(site);

    deliver(target, Attempts.get("s", "/"));
    deliver(target, Attempts.get("s", "/"));

    assertThat(site.connections()).isEqualTo(2);
  }

  @Test
  void failsWhatIsUnderWayWhenItCloses() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    answer = request -> {
      never.await();
      return "";
    };
    ByteSite site = site();
    Target target = exact(site);
    CompletableFuture<Outcome> outcome =
        target.deliver(Attempts.get("s", "/"), TIMEOUT).toCompletableFuture();
    site.next();

    target.close();

    assertThat(outcome.get(5, TimeUnit.SECONDS)).isEqualTo(new Retry("the target is closed"));
    assertThat(deliver(target, Attempts.get("s", "/"))).isInstanceOf(Retry.class);
    never.countDown();
  }

  @Test
  void replaysToASiteThatProvesItself() throws Exception {
    Certificates own = Certificates.make(folder, "dns:localhost");
    ByteSite site = new ByteSite(tlsServer(own), request -> answer.to(request));
    open.add(site);
    Headers headers = Headers.of("Host", "h", "X-Big", "x".repeat(40_000));
    String body = "0123456789abcdef".repeat(20_000);

    for (int i = 0; i < 3; i++) {
      Outcome outcome = deliver(
          tlsTarget("localhost", site, own, null),
          Attempts.of(Attempts.request("POST", "/a/../b", headers, body)));
      assertThat(outcome).isInstanceOf(Delivered.class);
      assertThat(site.next().bytes()).startsWith("POST /a/../b HTTP/1.1\r\n").endsWith(body);
    }
  }

  @Test
  void distrustsASiteOfAnotherName() throws Exception {
    Certificates own = Certificates.make(folder, "dns:other.example");
    ByteSite site = new ByteSite(tlsServer(own), request -> answer.to(request));
    open.add(site);

    Outcome outcome = deliver(tlsTarget("localhost", site, own, null), Attempts.get("s", "/"));

    assertThat(outcome).isInstanceOf(Retry.class);
    assertThat(site.waiting()).isZero();
  }

  @Test
  void expectsTheNameThatTheConfigurationSays() throws Exception {
    Certificates own = Certificates.make(folder, "dns:other.example");
    ByteSite site = new ByteSite(tlsServer(own), request -> answer.to(request));
    open.add(site);

    assertThat(deliver(tlsTarget("localhost", site, own, "other.example"), Attempts.get("s", "/")))
        .isInstanceOf(Delivered.class);
  }

  private static ServerSocket tlsServer(Certificates own) throws Exception {
    return own.context()
        .getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private Target tlsTarget(
      String host, ByteSite site, Certificates own, @Nullable String serverName) throws Exception {
    Target target = new HttpTarget.Config(
            new Origin("https", host, site.port()),
            new ClientTls(own.certificate(), null, null, serverName),
            TIMEOUT,
            false,
            false,
            false,
            false)
        .open(context(Order.NONE));
    open.add(target);
    return target;
  }

  private ByteSite site() throws IOException {
    ByteSite site = new ByteSite(request -> answer.to(request));
    open.add(site);
    return site;
  }

  private Target exact(ByteSite site) throws IOException {
    return target(site, Order.NONE, false, false);
  }

  private Target target(ByteSite site, Order order, boolean keepHost, boolean annotate)
      throws IOException {
    Target target = new HttpTarget.Config(
            Origin.parse("http://127.0.0.1:" + site.port()),
            null,
            TIMEOUT,
            keepHost,
            annotate,
            false,
            false)
        .open(context(order));
    open.add(target);
    return target;
  }

  private TargetContext context(Order order) {
    return new TargetContext(
        "player-1",
        new BucketName("shop"),
        order,
        16,
        folder,
        new TlsFiles(),
        InstantSource.fixed(Attempts.AT));
  }

  private static Outcome deliver(Target target, Attempt attempt) throws Exception {
    return target.deliver(attempt, TIMEOUT).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static String reason(Target target, Request request) throws Exception {
    Outcome outcome = deliver(target, Attempts.of(request));
    assertThat(outcome).isInstanceOf(Dead.class);
    return ((Dead) outcome).reason();
  }

  private static Request withTrailers(Request request, Headers trailers) {
    return new Request(
        request.method(),
        request.scheme(),
        request.authority(),
        request.target(),
        request.version(),
        request.headers(),
        request.body(),
        trailers,
        request.client());
  }
}
