package dev.weir.player.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.player.target.Outcome.Delivered;
import dev.weir.wire.LeaseRequest.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a site sees, byte for byte, and what becomes of what it answers. */
class HttpTargetTest extends HttpTargetFixture {
  private static final String HOP = "Weir-Hop: shop\r\n\r\n";

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
