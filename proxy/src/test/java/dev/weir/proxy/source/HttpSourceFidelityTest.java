package dev.weir.proxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.capture.Headers.Field;
import dev.weir.capture.Request;
import dev.weir.wiretest.Wire;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sends is what the service gets, byte for byte, and the other way round. */
@Timeout(60)
class HttpSourceFidelityTest {
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";

  @TempDir
  Path data;

  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(data);
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a%2Fb%2f%00",
        "/a/../b/./c//d",
        "/a;x=1;y/b;z?q;r",
        "/?a=b+c&&d=%20&=e",
        "/[]{}|^`\"<>\\~",
        "/caféÿ",
        "/?",
        "/#fragment",
        "http://shop.example:81/absolute?x",
        "*",
        "relative/path",
        "//host/path",
        "/?next=http://other/;a=b",
      })
  void keepsTheTargetAsItIs(String target) throws Exception {
    passes("OPTIONS " + target + " HTTP/1.1¶Host: shop¶¶", OK);
    assertThat(rig.intake.next().request().target()).isEqualTo(target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PROPFIND", "M-SEARCH", "get", "X!#$%&'*+-.^_`|~9", "TRACE"})
  void keepsTheMethod(String method) throws Exception {
    passes(method + " / HTTP/1.1¶Host: shop¶¶", OK);
    assertThat(rig.intake.next().request().method()).isEqualTo(method);
  }

  @Test
  void keepsNamesValuesAndOrderOfHeaders() throws Exception {
    passes(
        "GET / HTTP/1.1¶zz: 1¶hOST: shop¶X-Dup: a¶Accept:*/*¶x-dup: b¶Empty:¶"
            + "Spaced: \t  in  between \t ¶X-DUP: c¶Latin: café: \u0080ÿ¶Cookie: a=1¶Cookie: b=2¶¶",
        OK);
    assertThat(rig.intake.next().request().headers())
        .containsExactly(
            new Field("zz", "1"),
            new Field("hOST", "shop"),
            new Field("X-Dup", "a"),
            new Field("Accept", "*/*"),
            new Field("x-dup", "b"),
            new Field("Empty", ""),
            new Field("Spaced", "in  between"),
            new Field("X-DUP", "c"),
            new Field("Latin", "café: \u0080ÿ"),
            new Field("Cookie", "a=1"),
            new Field("Cookie", "b=2"));
  }

  @Test
  void keepsABodyOfAnyBytes() throws Exception {
    byte[] every = new byte[2048];
    for (int i = 0; i < every.length; i++) {
      every[i] = (byte) i;
    }
    Wire client = rig.client();
    client.send("POST / HTTP/1.1¶Host: shop¶Content-Length: 2048¶¶").send(every);
    Wire upstream = rig.upstream();
    upstream.head();
    assertThat(upstream.readBytes(every.length)).isEqualTo(every);
    upstream.send("HTTP/1.1 200 OK¶Content-Length: 2048¶¶").send(every);
    client.head();
    assertThat(client.readBytes(every.length)).isEqualTo(every);
    assertThat(rig.intake.next().request().body().bytes()).isEqualTo(every);
  }

  @Test
  void keepsChunksExtensionsAndTrailersAsTheyAre() throws Exception {
    passes(
        "POST / HTTP/1.1¶Host: shop¶Transfer-Encoding: Chunked¶Trailer: X-Sum¶¶"
            + "5;name=\"a;b\"¶hello¶0006¶ world¶A¶0123456789¶000¶X-Sum: 1¶x-sum: 2¶¶",
        OK);
    Request request = rig.intake.next().request();
    assertThat(Wire.text(request.body().bytes())).isEqualTo("hello world0123456789");
    assertThat(request.trailers())
        .containsExactly(new Field("X-Sum", "1"), new Field("x-sum", "2"));
  }

  @Test
  void keepsWhatHttp10Says() throws Exception {
    Wire client = rig.client().send("GET /old HTTP/1.0¶¶");
    Wire upstream = rig.upstream();
    assertThat(upstream.head()).isEqualTo("GET /old HTTP/1.0¶¶");
    upstream.send("HTTP/1.0 200 OK¶¶until the end").close();
    assertThat(client.rest()).isEqualTo("HTTP/1.0 200 OK¶Connection: close¶¶until the end");
    assertThat(rig.intake.next().request().version()).isEqualTo("HTTP/1.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK¶Content-Length: 0¶¶",
        "HTTP/1.1 299 ¶Content-Length: 0¶¶",
        "HTTP/1.1 200¶Content-Length: 0¶¶",
        "HTTP/1.1 200 Très bien!¶Content-Length: 3¶¶abc",
        "HTTP/1.1 204 No Content¶X: y¶¶",
        "HTTP/1.1 304 Not Modified¶ETag: \"x\"¶Content-Length: 1234¶¶",
        "HTTP/1.1 200 OK¶zz: 1¶Set-Cookie: a¶date: now¶set-cookie: b¶Server: me¶Content-Length: 1¶¶x",
        "HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶3;x=y¶abc¶00¶Sum: 1¶¶",
        "HTTP/1.1 404 Not Found\nServer: sloppy\nContent-Length: 2\n\nno",
        "HTTP/1.1 200 OK¶Folded: a¶  b¶Content-Length: 0¶¶",
        "HTTP/1.1 500 Oops¶Content-Length: 4¶Content-Length: 4¶¶oops",
        "HTTP/1.0 200 OK¶Content-Length: 2¶¶ok",
        "HTTP/1.1 999 Odd¶Content-Length: 0¶¶",
      })
  void keepsTheAnswerAsItIs(String answer) throws Exception {
    passes("GET / HTTP/1.1¶Host: shop¶¶", answer);
  }

  @Test
  void keepsTheLengthOfAnAnswerToHead() throws Exception {
    Wire client = rig.client();
    String answer = "HTTP/1.1 200 OK¶Content-Length: 1000000¶¶";
    Wire upstream = exchange(client, null, "HEAD / HTTP/1.1¶Host: shop¶¶", answer);
    exchange(client, upstream, "HEAD / HTTP/1.1¶Host: b¶¶", "HTTP/1.1 200 OK¶X: y¶¶");
    exchange(client, upstream, "GET / HTTP/1.1¶Host: c¶¶", OK);
  }

  @Test
  void endsAnAnswerWithoutLengthByClosing() throws Exception {
    Wire client = rig.client().send("GET / HTTP/1.1¶Host: shop¶¶");
    Wire upstream = rig.upstream();
    upstream.head();
    upstream.send("HTTP/1.1 200 OK¶X: y¶¶some").send("thing").close();
    assertThat(client.rest()).isEqualTo("HTTP/1.1 200 OK¶X: y¶Connection: close¶¶something");
  }

  @Test
  void passesBytesOneByOne() throws Exception {
    Wire client = rig.client();
    String request = "POST /slow HTTP/1.1¶Host: shop¶Transfer-Encoding: chunked¶¶3¶abc¶0¶T: 1¶¶";
    for (byte b : Wire.bytes(request)) {
      client.send(new byte[] {b});
    }
    Wire upstream = rig.upstream();
    assertThat(upstream.readAs(request)).isEqualTo(request);
    String answer = "HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶3¶def¶0¶T: 2¶¶";
    for (byte b : Wire.bytes(answer)) {
      upstream.send(new byte[] {b});
    }
    assertThat(client.readAs(answer)).isEqualTo(answer);
    Request request1 = rig.intake.next().request();
    assertThat(Wire.text(request1.body().bytes())).isEqualTo("abc");
    assertThat(request1.trailers()).containsExactly(new Field("T", "1"));
  }

  @Test
  void passesInterimAnswersAndWaitsForNone() throws Exception {
    Wire client = rig.client();
    String head = "POST / HTTP/1.1¶Host: shop¶Expect: 100-continue¶Content-Length: 5¶¶";
    client.send(head);
    Wire upstream = rig.upstream();
    assertThat(upstream.head()).isEqualTo(head);
    upstream.send("HTTP/1.1 100 Continue¶¶");
    assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue¶¶");
    client.send("hello");
    assertThat(upstream.read(5)).isEqualTo("hello");
    upstream.send("HTTP/1.1 103 Early Hints¶Link: </a>¶¶HTTP/1.1 102 Processing¶¶" + OK);
    String all = "HTTP/1.1 103 Early Hints¶Link: </a>¶¶HTTP/1.1 102 Processing¶¶" + OK;
    assertThat(client.readAs(all)).isEqualTo(all);
    assertThat(Wire.text(rig.intake.next().request().body().bytes())).isEqualTo("hello");
  }

  @Test
  void passesAnAnswerInsteadOf100AndClosesAsNobodyKnowsWhatFollows() throws Exception {
    Wire client = rig.client();
    client.send("POST / HTTP/1.1¶Host: shop¶Expect: 100-continue¶Content-Length: 5¶¶");
    Wire upstream = rig.upstream();
    upstream.head();
    upstream.send("HTTP/1.1 417 No¶Content-Length: 0¶¶");
    assertThat(client.rest()).isEqualTo("HTTP/1.1 417 No¶Content-Length: 0¶Connection: close¶¶");
    client.close();
    assertThat(upstream.isClosed()).isTrue();
    assertThat(rig.intake.nextPassed()).isEqualTo(Intake.PassReason.ABANDONED);
  }

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    Wire client = rig.client();
    client
        .send("POST /1 HTTP/1.1¶Host: a¶Content-Length: 3¶¶one"
            + "GET /2 HTTP/1.1¶Host: a¶¶¶¶GET /3 HTTP/1.1¶Host: a¶¶")
        .end();
    Wire upstream = rig.upstream();
    assertThat(upstream.head() + upstream.read(3)).endsWith("¶¶one");
    upstream.send("HTTP/1.1 200 1¶Content-Length: 1¶¶1");
    assertThat(upstream.head()).startsWith("GET /2 ");
    upstream.send("HTTP/1.1 200 2¶Content-Length: 1¶¶2");
    assertThat(upstream.head()).startsWith("GET /3 ");
    upstream.send("HTTP/1.1 200 3¶Content-Length: 1¶¶3");
    assertThat(client.rest())
        .isEqualTo("HTTP/1.1 200 1¶Content-Length: 1¶¶1"
            + "HTTP/1.1 200 2¶Content-Length: 1¶¶2"
            + "HTTP/1.1 200 3¶Content-Length: 1¶¶3");
    for (int i = 1; i <= 3; i++) {
      assertThat(rig.intake.next().request().target()).isEqualTo("/" + i);
    }
  }

  @Test
  void passesEventsAsTheyCome() throws Exception {
    Wire client = rig.client().send("GET /events HTTP/1.1¶Host: shop¶¶");
    Wire upstream = rig.upstream();
    upstream.head();
    String head = "HTTP/1.1 200 OK¶Content-Type: text/event-stream¶Transfer-Encoding: chunked¶¶";
    upstream.send(head);
    assertThat(client.readAs(head)).isEqualTo(head);
    // the request is captured though its answer may never end
    assertThat(rig.intake.next().request().target()).isEqualTo("/events");
    for (int i = 0; i < 10; i++) {
      String event = "9¶data: " + i + "\n\n¶";
      upstream.send(event);
      assertThat(client.readAs(event)).isEqualTo(event);
    }
    client.close();
    assertThat(upstream.isClosed()).isTrue();
  }

  @Test
  void passesAnUpgradedConnectionBothWays() throws Exception {
    Wire client = rig.client();
    String request =
        "GET /ws HTTP/1.1¶Host: shop¶Upgrade: websocket¶Connection: keep-alive, Upgrade¶"
            + "Sec-WebSocket-Key: x¶¶";
    client.send(request);
    Wire upstream = rig.upstream();
    assertThat(upstream.readAs(request)).isEqualTo(request);
    String answer =
        "HTTP/1.1 101 Switching Protocols¶Upgrade: websocket¶Connection: Upgrade¶¶\u0081\u0001a";
    upstream.send(answer);
    assertThat(client.readAs(answer)).isEqualTo(answer);
    for (int i = 0; i < 3; i++) {
      client.send("\u0000ping" + i);
      assertThat(upstream.read(6)).isEqualTo("\u0000ping" + i);
      upstream.send("ÿpong" + i);
      assertThat(client.read(6)).isEqualTo("ÿpong" + i);
    }
    client.end();
    assertThat(upstream.isClosed()).isTrue();
    upstream.send("last words").end();
    assertThat(client.rest()).isEqualTo("last words");
    assertThat(rig.intake.next().request().target()).isEqualTo("/ws");
  }

  @Test
  void dropsWhatIsMeantForOneHopOnly() throws Exception {
    Wire client = rig.client();
    client.send("GET / HTTP/1.1¶Host: shop¶Connection: keep-alive, X-Private , content-length¶"
        + "Keep-Alive: timeout=5¶X-Private: 1¶Proxy-Connection: keep-alive¶TE: gzip¶"
        + "Upgrade: odd¶x-private: 2¶X-Public: 3¶¶");
    Wire upstream = rig.upstream();
    assertThat(upstream.head()).isEqualTo("GET / HTTP/1.1¶Host: shop¶X-Public: 3¶¶");
    upstream.send("HTTP/1.1 200 OK¶Keep-Alive: timeout=5¶X: y¶Connection: close, X¶Upgrade: h2c¶"
        + "Content-Length: 2¶¶ok");
    String answer = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";
    assertThat(client.readAs(answer)).isEqualTo(answer);
    // the client's connection does not depend on the service's
    client.send("GET /2 HTTP/1.1¶Host: shop¶TE: trailers¶¶");
    assertThat(rig.upstream().head()).isEqualTo("GET /2 HTTP/1.1¶Host: shop¶TE: trailers¶¶");
    // what came is recorded as it came
    assertThat(rig.intake.next().request().headers().get("X-Private")).isEqualTo("1");
  }

  @Test
  void keepsTenThousandRequestsOfOneConnectionInOrder() throws Exception {
    try (Rig serving =
        Rig.plan(data).service(HttpSourceFidelityTest::echoTarget).start()) {
      Wire client = serving.client();
      for (int i = 0; i < 10_000; i++) {
        String path = "/" + (10_000 + i);
        client.send("GET " + path + " HTTP/1.1¶Host: shop¶¶");
        String answer = "HTTP/1.1 200 OK¶Content-Length: 6¶¶" + path;
        assertThat(client.readAs(answer)).isEqualTo(answer);
      }
      String session = null;
      for (int i = 0; i < 10_000; i++) {
        Capture capture = serving.intake.next();
        assertThat(capture.request().target()).isEqualTo("/" + (10_000 + i));
        assertThat(session == null || session.equals(capture.session())).isTrue();
        session = capture.session();
      }
      assertThat(serving.service.connections()).isEqualTo(1);
      assertThat(serving.intake.begun()).isEqualTo(10_000);
    }
  }

  private static void echoTarget(Wire wire) throws IOException {
    while (true) {
      String target = wire.head().split(" ", 3)[1];
      wire.send("HTTP/1.1 200 OK¶Content-Length: " + target.length() + "¶¶" + target);
    }
  }

  /** Sends the request and the answer through, and expects both unchanged. */
  private void passes(String request, String answer) throws IOException {
    exchange(rig.client(), null, request, answer);
  }

  private Wire exchange(Wire client, Wire open, String request, String answer) throws IOException {
    client.send(request);
    Wire upstream = open == null ? rig.upstream() : open;
    assertThat(upstream.readAs(request)).isEqualTo(request);
    upstream.send(answer);
    assertThat(client.readAs(answer)).isEqualTo(answer);
    return upstream;
  }
}
