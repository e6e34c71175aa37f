package dev.weir.proxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.capture.Headers.Field;
import dev.weir.capture.Response;
import dev.weir.proxy.http.Forwarded;
import dev.weir.proxy.source.HttpSource.Match;
import dev.weir.proxy.source.HttpSource.Recorded;
import dev.weir.proxy.source.Intake.PassReason;
import dev.weir.wiretest.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What of the traffic becomes a capture, and what stands in it. */
@Timeout(60)
class HttpSourceCaptureTest {
  private static final String OK = "HTTP/1.1 200 OK¶X-B: 1¶X-a: 2¶Content-Length: 5¶¶world";

  @TempDir
  Path data;

  @Test
  void tellsWhoAndWhen() throws Exception {
    try (Rig rig = serving(Rig.plan(data))) {
      Instant before = Instant.now();
      Wire client = rig.client();
      get(client, "Host: shop.example:81");
      Capture capture = rig.intake.next();
      assertThat(capture.source()).isEqualTo("web");
      assertThat(capture.kind()).isEqualTo(Capture.Kind.HTTP);
      assertThat(capture.capturedAt()).isBetween(before, Instant.now());
      assertThat(capture.request().scheme()).isEqualTo("http");
      assertThat(capture.request().authority()).isEqualTo("shop.example:81");
      assertThat(capture.request().client().address()).isEqualTo("127.0.0.1");
      assertThat(capture.request().client().port()).isEqualTo(client.socket().getLocalPort());
      assertThat(capture.response()).isNull();
      assertThat(capture.meta()).isEmpty();
    }
  }

  @Test
  void cutsALongBodyAndTellsItsLength() throws Exception {
    try (Rig rig = Rig.plan(data).bodyLimit(10).start()) {
      Wire client = rig.client();
      client.send("POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶");
      Wire upstream = rig.upstream();
      upstream.head();
      for (int i = 0; i < 4; i++) {
        client.send("4¶abcd¶");
        assertThat(upstream.read(9)).isEqualTo("4¶abcd¶");
      }
      client.send("0¶¶");
      var body = rig.intake.next().request().body();
      assertThat(Wire.text(body.bytes())).isEqualTo("abcdabcdab");
      assertThat(body.length()).isEqualTo(16);
      assertThat(body.isTruncated()).isTrue();
    }
  }

  @Test
  void recordsTheAnswerToo() throws Exception {
    try (Rig rig = serving(Rig.plan(data).response(Recorded.BODY))) {
      get(rig.client(), "Host: a");
      Response response = rig.intake.next().response();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.version()).isEqualTo("HTTP/1.1");
      assertThat(response.headers())
          .containsExactly(
              new Field("X-B", "1"), new Field("X-a", "2"), new Field("Content-Length", "5"));
      assertThat(Wire.text(response.body().bytes())).isEqualTo("world");
      assertThat(response.took()).isBetween(Duration.ofNanos(1), Duration.ofSeconds(30));
    }
  }

  @Test
  void recordsTheAnswersHeadersAlone() throws Exception {
    try (Rig rig = serving(Rig.plan(data).response(Recorded.HEADERS))) {
      get(rig.client(), "Host: a");
      Response response = rig.intake.next().response();
      assertThat(response.headers().get("x-a")).isEqualTo("2");
      assertThat(response.body().size()).isZero();
      assertThat(response.body().length()).isEqualTo(5);
    }
  }

  @Test
  void recordsTrailersOfAnAnswer() throws Exception {
    try (Rig rig = Rig.plan(data).response(Recorded.BODY).start()) {
      rig.client().send("GET / HTTP/1.1¶Host: a¶¶");
      Wire upstream = rig.upstream();
      upstream.head();
      upstream.send("HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶2¶ab¶1;x¶c¶0¶Sum: 3¶¶");
      Response response = rig.intake.next().response();
      assertThat(Wire.text(response.body().bytes())).isEqualTo("abc");
      assertThat(response.trailers()).isEqualTo(Headers.of("Sum", "3"));
    }
  }

  @Test
  void keepsTheRequestWhoseAnswerBreaksOff() throws Exception {
    try (Rig rig = Rig.plan(data).response(Recorded.BODY).start()) {
      Wire client = rig.client().send("GET /half HTTP/1.1¶Host: a¶¶");
      Wire upstream = rig.upstream();
      upstream.head();
      upstream.send("HTTP/1.1 200 OK¶Content-Length: 10¶¶half").close();
      client.rest();
      Capture capture = rig.intake.next();
      assertThat(capture.request().target()).isEqualTo("/half");
      assertThat(capture.response()).isNull();
      assertThat(capture.meta()).containsEntry("response", "broken-off");
    }
  }

  @Test
  void recordsTheHandshakeOfAnUpgradeWithoutWaitingForItsEnd() throws Exception {
    try (Rig rig = Rig.plan(data).response(Recorded.BODY).start()) {
      rig.client().send("GET / HTTP/1.1¶Host: a¶Connection: Upgrade¶Upgrade: x¶¶");
      Wire upstream = rig.upstream();
      upstream.head();
      upstream.send("HTTP/1.1 101 Switching Protocols¶Connection: Upgrade¶Upgrade: x¶¶frames");
      Response response = rig.intake.next().response();
      assertThat(response.status()).isEqualTo(101);
      assertThat(response.body().size()).isZero();
    }
  }

  @Test
  void givesEachConnectionASessionThatNoOtherHas() throws Exception {
    String first;
    try (Rig rig = serving(Rig.plan(data))) {
      Wire one = rig.client();
      get(one, "Host: a");
      first = rig.intake.next().session();
      get(one, "Host: a");
      assertThat(rig.intake.next().session()).isEqualTo(first);
      get(rig.client(), "Host: a");
      assertThat(rig.intake.next().session()).isNotEqualTo(first);
    }
    try (Rig rig = serving(Rig.plan(data))) {
      get(rig.client(), "Host: a");
      assertThat(rig.intake.next().session()).isNotEqualTo(first);
    }
  }

  @Test
  void takesASessionFromACookieWithoutTellingIt() throws Exception {
    String first;
    try (Rig rig = serving(Rig.plan(data).session("cookie:sid"))) {
      first = session(rig, "Host: a¶Cookie: x=1; sid=s3cret; y=2");
      assertThat(first).matches("[0-9a-f]{32}");
      assertThat(session(rig, "Host: a¶Cookie: sid=s3cret")).isEqualTo(first);
      assertThat(session(rig, "Host: a¶Cookie: a=1¶cookie: b=2;sid=s3cret")).isEqualTo(first);
      assertThat(session(rig, "Host: a¶Cookie: sid=other")).isNotEqualTo(first);
      assertThat(session(rig, "Host: a¶Cookie: xsid=s3cret")).contains("-");
      assertThat(session(rig, "Host: a")).contains("-");
    }
    try (Rig rig = serving(Rig.plan(data).session("header:X-User"))) {
      String header = session(rig, "Host: a¶x-user: s3cret");
      assertThat(header).as("the same over a restart").isEqualTo(first);
    }
  }

  @Test
  void leavesOutWhatIsExcluded() throws Exception {
    try (Rig rig = serving(Rig.plan(data)
        .exclude(
            new Match(List.of(), "/health*", null),
            new Match(List.of("OPTIONS", "TRACE"), null, null),
            new Match(List.of(), null, "X-Probe"),
            new Match(List.of("GET"), "*", "User-Agent: *bot*")))) {
      Wire client = rig.client();
      for (String head : List.of(
          "GET /healthz?x HTTP/1.1¶Host: a",
          "GET http://a/healthz HTTP/1.1¶Host: a",
          "TRACE / HTTP/1.1¶Host: a",
          "GET / HTTP/1.1¶Host: a¶x-probe: 1",
          "GET / HTTP/1.1¶Host: a¶User-Agent: Some bot/2")) {
        exchange(client, head);
        assertThat(rig.intake.nextPassed()).isEqualTo(PassReason.EXCLUDED);
      }
      exchange(client, "GET /?p=/health HTTP/1.1¶Host: a¶User-Agent: person");
      assertThat(rig.intake.next().request().target()).isEqualTo("/?p=/health");
      assertThat(rig.intake.begun()).isEqualTo(6);
      assertThat(rig.intake.waiting()).isZero();
    }
  }

  @Test
  void takesOnlyWhatIsIncluded() throws Exception {
    try (Rig rig = serving(Rig.plan(data)
        .include(new Match(List.of(), "/api/*", null))
        .exclude(new Match(List.of(), "*/secret", null)))) {
      Wire client = rig.client();
      exchange(client, "GET / HTTP/1.1¶Host: a");
      assertThat(rig.intake.nextPassed()).isEqualTo(PassReason.EXCLUDED);
      exchange(client, "GET /api/secret HTTP/1.1¶Host: a");
      assertThat(rig.intake.nextPassed()).isEqualTo(PassReason.EXCLUDED);
      exchange(client, "GET /api/ HTTP/1.1¶Host: a");
      assertThat(rig.intake.next().request().target()).isEqualTo("/api/");
    }
  }

  @Test
  void samplesWholeSessions() throws Exception {
    try (Rig rig = serving(Rig.plan(data).session("header:X-User").sample(30, "session"))) {
      Wire client = rig.client();
      int taken = 0;
      for (int user = 0; user < 300; user++) {
        int before = rig.intake.waiting();
        for (int i = 0; i < 2; i++) {
          exchange(client, "GET / HTTP/1.1¶Host: a¶X-User: " + user);
        }
        int both = rig.intake.waiting() - before;
        assertThat(both).isIn(0, 2);
        taken += both / 2;
      }
      assertThat(taken).isBetween(55, 130);
      assertThat(rig.intake.nextPassed()).isEqualTo(PassReason.SAMPLED_OUT);
      assertThat(rig.intake.begun()).isEqualTo(600);
    }
  }

  @Test
  void tellsTheServiceAboutTheClientOnlyIfAskedTo() throws Exception {
    String head =
        "GET / HTTP/1.1¶Host: shop¶X-Forwarded-For: 10.0.0.1¶X-Forwarded-Proto: https¶X: y¶";
    assertThat(forwarded(Forwarded.NONE, head)).isEqualTo(head + "¶");
    assertThat(forwarded(Forwarded.X_FORWARDED, head))
        .isEqualTo("GET / HTTP/1.1¶Host: shop¶X-Forwarded-For: 10.0.0.1, 127.0.0.1¶"
            + "X-Forwarded-Proto: https¶X: y¶X-Forwarded-Host: shop¶¶");
    assertThat(forwarded(Forwarded.X_FORWARDED, "GET / HTTP/1.1¶Host: shop¶"))
        .isEqualTo("GET / HTTP/1.1¶Host: shop¶X-Forwarded-For: 127.0.0.1¶"
            + "X-Forwarded-Proto: http¶X-Forwarded-Host: shop¶¶");
    assertThat(forwarded(Forwarded.FORWARDED, "GET / HTTP/1.1¶Forwarded: for=a¶Host: shop¶"))
        .isEqualTo("GET / HTTP/1.1¶Forwarded: for=a, for=127.0.0.1;host=\"shop\";proto=http¶"
            + "Host: shop¶¶");
  }

  private String forwarded(Forwarded mode, String head) throws Exception {
    try (Rig rig = Rig.plan(data).forwarded(mode).start()) {
      rig.client().send(head + "¶");
      String got = rig.upstream().head();
      return got;
    }
  }

  private static Rig serving(Rig.Plan plan) throws IOException {
    return plan.service(wire -> {
          while (true) {
            wire.head();
            wire.send(OK);
          }
        })
        .start();
  }

  private static String session(Rig rig, String headers) throws Exception {
    get(rig.client(), headers);
    return rig.intake.next().session();
  }

  private static void get(Wire client, String headers) throws IOException {
    exchange(client, "GET / HTTP/1.1¶" + headers);
  }

  private static void exchange(Wire client, String head) throws IOException {
    client.send(head + "¶¶");
    assertThat(client.readAs(OK)).isEqualTo(OK);
  }
}
