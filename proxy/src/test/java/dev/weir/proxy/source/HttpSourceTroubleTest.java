package dev.weir.proxy.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.http.Refusal;
import dev.weir.proxy.source.HttpSource.Recorded;
import dev.weir.unit.Origin;
import dev.weir.wiretest.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Neither a client nor a service that misbehaves makes the proxy tell lies, or lose count. */
@Timeout(60)
class HttpSourceTroubleTest {
  private static final String GET = "GET / HTTP/1.1¶Host: shop¶¶";
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";
  private static final String BAD_GATEWAY = "HTTP/1.1 502 Bad Gateway¶Content-Length: 0¶¶";

  @TempDir
  Path data;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1¶Host: a¶X: a¶ folded¶¶",
        "GET / HTTP/1.1¶Host: a¶Transfer-Encoding: xchunked¶¶",
        "GET / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked, identity¶¶",
        "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶Transfer-Encoding: chunked¶¶0¶¶",
        "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶Content-Length: 5¶¶0¶¶",
        "POST / HTTP/1.1¶Host: a¶Transfer-Encoding : chunked¶¶0¶¶",
        "POST / HTTP/1.0¶Host: a¶Transfer-Encoding: chunked¶¶0¶¶",
        "POST / HTTP/1.1¶Host: a¶Content-Length: 5¶Content-Length: 6¶¶hello!",
        "POST / HTTP/1.1¶Host: a¶Content-Length: 5, 5¶¶hello",
        "POST / HTTP/1.1¶Host: a¶Content-Length: +5¶¶hello",
        "POST / HTTP/1.1¶Host: a¶Content-Length: -1¶¶",
        "POST / HTTP/1.1¶Host: a¶Content-Length: 0x5¶¶hello",
        "POST / HTTP/1.1¶Host: a¶Content-Length: 9999999999999999999¶¶",
        "POST / HTTP/1.1¶Host: a¶Content-Length:¶¶",
        "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶5\nhello¶0¶¶",
        "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶5¶hello0¶¶",
        "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶-5¶hello¶0¶¶",
        "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶0x5¶hello¶0¶¶",
        "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶5 ¶hello¶0¶¶",
        "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶1000000000000000¶h",
        "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶0¶X: a\n¶¶",
        "GET / HTTP/1.1¶Host: a¶Host: b¶¶",
        "GET / HTTP/1.1¶X: a¶¶",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1¶Host: a¶X: a\rb¶¶",
        "GET / HTTP/1.1¶Host: a¶X: a\u0000b¶¶",
        "GET / HTTP/1.1¶Host: a¶X: a\u0001b¶¶",
        "GET / HTTP/1.1¶Host: a¶X y: a¶¶",
        "GET / HTTP/1.1¶Host: a¶: a¶¶",
        "GET / HTTP/1.1¶Host: a¶no colon¶¶",
        "GET /a b HTTP/1.1¶Host: a¶¶",
        "GET  / HTTP/1.1¶Host: a¶¶",
        "GET / HTTP/1.1 ¶Host: a¶¶",
        "GET /\u0000 HTTP/1.1¶Host: a¶¶",
        "GET / HTTP/1.2¶Host: a¶¶",
        "GET / HTTP/2.0¶Host: a¶¶",
        "GET /¶¶",
        "GET¶¶",
        " GET / HTTP/1.1¶Host: a¶¶",
        "G\u00e9T / HTTP/1.1¶Host: a¶¶",
        "\u0016\u0003\u0001\u0002¶¶",
      })
  void refusesWhatTwoReadersMightTakeForDifferentThings(String request) throws IOException {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client().send(request);
      assertThat(client.rest())
          .isEqualTo("HTTP/1.1 400 Bad Request¶Content-Length: 0¶Connection: close¶¶");
      assertThat(rig.source.refusals().of(Refusal.MALFORMED)).isEqualTo(1);
      assertThat(rig.service.connections()).isZero();
    }
  }

  @Test
  void refusesATunnel() throws IOException {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client().send("CONNECT a:443 HTTP/1.1¶Host: a:443¶¶");
      assertThat(client.rest()).startsWith("HTTP/1.1 405 ");
    }
  }

  @Test
  void passesAHeadOfSixtyKilobytesAndRefusesALargerOne() throws IOException {
    try (Rig rig = Rig.start(data)) {
      String request = "GET / HTTP/1.1¶Host: a¶X: " + "x".repeat(60_000) + "¶¶";
      Wire client = rig.client().send(request);
      Wire upstream = rig.upstream();
      assertThat(upstream.readAs(request)).isEqualTo(request);
      String answer = "HTTP/1.1 200 OK¶Y: " + "y".repeat(60_000) + "¶Content-Length: 2¶¶ok";
      upstream.send(answer);
      assertThat(client.readAs(answer)).isEqualTo(answer);
      client.send("GET / HTTP/1.1¶Host: a¶X: " + "x".repeat(70_000));
      assertThat(client.rest()).startsWith("HTTP/1.1 431 ");
      Wire other = rig.client().send("GET / HTTP/1.1¶Host: a¶" + "A: b¶".repeat(600) + "¶");
      assertThat(other.rest()).startsWith("HTTP/1.1 431 ");
      assertThat(rig.source.refusals().of(Refusal.TOO_LARGE)).isEqualTo(2);
    }
  }

  @Test
  void breaksOffAChunkedBodyThatGoesWrongLater() throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire client =
          rig.client().send("POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶5¶hello¶");
      Wire upstream = rig.upstream();
      upstream.head();
      upstream.read(10);
      client.send("no size¶");
      assertThat(client.isClosed()).isTrue();
      assertThat(upstream.isClosed()).isTrue();
      assertThat(rig.intake.nextPassed()).isEqualTo(Intake.PassReason.ABANDONED);
      assertThat(rig.source.refusals().of(Refusal.MALFORMED)).isEqualTo(1);
    }
  }

  @Test
  void answers502WhenTheServiceIsDownAndStillCaptures() throws Exception {
    // bound, so that nobody else gets the port, and never listening
    try (Socket down = new Socket()) {
      down.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Origin to = Origin.parse("http://127.0.0.1:" + down.getLocalPort());
      answers502(Rig.plan(data).to(to, null).start());
    }
  }

  private static void answers502(Rig down) throws Exception {
    try (Rig rig = down) {
      Wire client = rig.client();
      for (int i = 0; i < 3; i++) {
        client.send(GET);
        assertThat(client.readAs(BAD_GATEWAY)).isEqualTo(BAD_GATEWAY);
        assertThat(rig.intake.next().request().target()).isEqualTo("/");
      }
      client.send("POST / HTTP/1.1¶Host: a¶Content-Length: 5¶¶hello");
      assertThat(client.head()).startsWith("HTTP/1.1 502 ");
      assertThat(Wire.text(rig.intake.next().request().body().bytes())).isEqualTo("hello");
      assertThat(rig.source.failed()).isEqualTo(4);
    }
  }

  @Test
  void answers502WhenTheServiceClosesWithoutAWord() throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client().send("POST / HTTP/1.1¶Host: a¶Content-Length: 2¶¶hi");
      rig.upstream().close();
      assertThat(client.readAs(BAD_GATEWAY)).isEqualTo(BAD_GATEWAY);
      client.send(GET);
      Wire next = rig.upstream();
      next.head();
      next.send(OK);
      assertThat(client.readAs(OK)).isEqualTo(OK);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense¶¶",
        "HTTP/1.1 20 OK¶¶",
        "HTTP/1.1 200 OK¶Content-Length: 1¶Content-Length: 2¶¶ok",
        "HTTP/1.1 200 OK¶no colon¶¶",
        "HTTP/1.1 101 Switching Protocols¶Upgrade: x¶Connection: Upgrade¶¶",
      })
  void answers502WhenTheServiceTalksNonsense(String answer) throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client().send(GET);
      Wire upstream = rig.upstream();
      upstream.head();
      upstream.send(answer);
      assertThat(client.readAs(BAD_GATEWAY)).isEqualTo(BAD_GATEWAY);
      assertThat(upstream.isClosed()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK¶Content-Length: 10¶¶half",
        "HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶4¶half¶",
        "HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶4¶half¶0¶",
      })
  void breaksTheClientsConnectionWhenTheAnswerBreaksOff(String answer) throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client().send(GET);
      Wire upstream = rig.upstream();
      upstream.head();
      upstream.send(answer).close();
      assertThat(client.readAs(answer)).isEqualTo(answer);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void resetsTheClientWhenAnAnswerWithoutLengthBreaksOff() throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client().send(GET);
      Wire upstream = rig.upstream();
      upstream.head();
      upstream.send("HTTP/1.1 200 OK¶¶half");
      assertThat(client.head() + client.read(4)).endsWith("half");
      upstream.reset();
      assertThatThrownBy(client::rest).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void triesAGetAgainOnAStaleConnectionAndNeverAPost() throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client();
      Wire upstream = serveOne(rig, client);
      // the service closes just as the next request arrives
      client.send(GET);
      upstream.head();
      upstream.close();
      Wire second = rig.upstream();
      assertThat(second.head()).isEqualTo(GET);
      second.send(OK);
      assertThat(client.readAs(OK)).isEqualTo(OK);
      client.send("POST / HTTP/1.1¶Host: shop¶Content-Length: 0¶¶");
      second.head();
      second.close();
      assertThat(client.readAs(BAD_GATEWAY)).isEqualTo(BAD_GATEWAY);
      // two were captured as they came, the repetition was not
      assertThat(rig.intake.begun()).isEqualTo(3);
    }
  }

  @Test
  void noticesThatAnIdleConnectionWasClosed() throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client();
      Wire upstream = serveOne(rig, client);
      upstream.end();
      assertThat(upstream.isClosed()).isTrue();
      client.send("POST / HTTP/1.1¶Host: shop¶Content-Length: 0¶¶");
      Wire second = rig.upstream();
      second.head();
      second.send(OK);
      assertThat(client.readAs(OK)).isEqualTo(OK);
    }
  }

  @Test
  void passesUploadsOnAsTheyCome() throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client().send("PUT / HTTP/1.1¶Host: a¶Content-Length: 50¶¶");
      Wire upstream = rig.upstream();
      upstream.head();
      for (int i = 0; i < 10; i++) {
        client.send("part" + i);
        assertThat(upstream.read(5)).isEqualTo("part" + i);
      }
      upstream.send(OK);
      assertThat(client.readAs(OK)).isEqualTo(OK);
      assertThat(rig.intake.next().request().body().length()).isEqualTo(50);
    }
  }

  @Test
  void passesAnEarlyAnswerAndTakesTheRestOfTheUpload() throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client().send("PUT / HTTP/1.1¶Host: a¶Content-Length: 1000000¶¶");
      Wire upstream = rig.upstream();
      upstream.head();
      byte[] half = new byte[500_000];
      client.send(half);
      String tooLarge = "HTTP/1.1 413 Too Large¶Connection: close¶Content-Length: 2¶¶no";
      upstream.send(tooLarge).close();
      assertThat(client.head()).isEqualTo("HTTP/1.1 413 Too Large¶Content-Length: 2¶¶");
      assertThat(client.read(2)).isEqualTo("no");
      client.send(half);
      assertThat(rig.intake.next().request().body().length()).isEqualTo(1_000_000);
      client.send(GET);
      Wire next = rig.upstream();
      next.head();
      next.send(OK);
      assertThat(client.readAs(OK)).isEqualTo(OK);
    }
  }

  @Test
  void countsAnUploadThatIsAbandoned() throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client().send("PUT / HTTP/1.1¶Host: a¶Content-Length: 100¶¶some");
      Wire upstream = rig.upstream();
      upstream.head();
      upstream.read(4);
      client.reset();
      assertThat(upstream.isClosed()).isTrue();
      assertThat(rig.intake.nextPassed()).isEqualTo(Intake.PassReason.ABANDONED);
      assertThat(rig.intake.waiting()).isZero();
    }
  }

  @Test
  void tellsTheServiceThatAClientHasLeftWhileItWaited() throws Exception {
    try (Rig rig = Rig.plan(data).response(Recorded.BODY).start()) {
      Wire client = rig.client().send(GET);
      Wire upstream = rig.upstream();
      upstream.head();
      client.reset();
      assertThat(upstream.isClosed()).isTrue();
      assertThat(rig.intake.next().response()).isNull();
    }
  }

  @Test
  void streamsAHundredMegabytesEachWayInLittleMemory() throws Exception {
    int chunk = 1 << 20;
    int chunks = 100;
    try (Rig rig = Rig.plan(data).bodyLimit(10).start()) {
      Wire client = rig.client();
      client.send("POST / HTTP/1.1¶Host: a¶Content-Length: " + chunk * chunks + "¶¶");
      Wire upstream = rig.upstream();
      upstream.head();
      stream(client, upstream, chunk, chunks);
      upstream.send("HTTP/1.1 200 OK¶Content-Length: " + chunk * chunks + "¶¶");
      client.head();
      stream(upstream, client, chunk, chunks);
      var body = rig.intake.next().request().body();
      assertThat(body.size()).isEqualTo(10);
      assertThat(body.length()).isEqualTo((long) chunk * chunks);
    }
  }

  private static void stream(Wire from, Wire to, int chunk, int chunks) throws Exception {
    byte[] bytes = new byte[chunk];
    new Random(1).nextBytes(bytes);
    CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
      try {
        for (int i = 0; i < chunks; i++) {
          from.send(bytes);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    for (int i = 0; i < chunks; i++) {
      assertThat(Arrays.equals(to.readBytes(chunk), bytes)).isTrue();
    }
    sending.get();
  }

  @Test
  void finishesWhatIsUnderWayWhenItCloses() throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire idle = rig.client();
      serveOne(rig, idle).close();
      Wire client = rig.client().send(GET);
      Wire upstream = rig.upstream();
      upstream.head();
      CompletableFuture<Void> closed = CompletableFuture.runAsync(rig.source::close);
      assertThat(idle.isClosed()).isTrue();
      assertThat(closed).isNotDone();
      upstream.send(OK);
      assertThat(client.rest())
          .matches("HTTP/1.1 200 OK¶Content-Length: 2¶(Connection: close¶)?¶ok");
      closed.get();
    }
  }

  private static Wire serveOne(Rig rig, Wire client) throws IOException {
    client.send(GET);
    Wire upstream = rig.upstream();
    upstream.head();
    upstream.send(OK);
    assertThat(client.readAs(OK)).isEqualTo(OK);
    return upstream;
  }
}
