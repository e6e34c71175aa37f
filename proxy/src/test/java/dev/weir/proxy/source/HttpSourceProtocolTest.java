package dev.weir.proxy.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.Request;
import dev.weir.config.ClientTls;
import dev.weir.config.ServerTls;
import dev.weir.unit.Origin;
import dev.weir.wiretest.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS and HTTP/2 with clients, TLS with the service. */
@Timeout(60)
class HttpSourceProtocolTest {
  private static final ServerTls OURS = new ServerTls(
      Path.of("src/test/resources/tls/certificate.pem"),
      Path.of("src/test/resources/tls/key.pem"),
      null);
  private static final ClientTls TRUST = new ClientTls(OURS.certificate(), null, null);

  @TempDir
  Path data;

  @Test
  void speaksHttp11OverTls() throws Exception {
    try (Rig rig =
        Rig.plan(data).tls(OURS).service(HttpSourceProtocolTest::echo).start()) {
      OkHttpClient client = client(List.of(Protocol.HTTP_1_1));
      for (int i = 0; i < 3; i++) {
        try (Response answer = post(client, "https", rig, "hello " + i)) {
          assertThat(answer.protocol()).isEqualTo(Protocol.HTTP_1_1);
          assertThat(answer.body().string()).isEqualTo("hello " + i);
        }
        Request request = rig.intake.next().request();
        assertThat(request.scheme()).isEqualTo("https");
        assertThat(Wire.text(request.body().bytes())).isEqualTo("hello " + i);
      }
    }
  }

  @Test
  void speaksHttp2OverTls() throws Exception {
    try (Rig rig =
        Rig.plan(data).tls(OURS).service(HttpSourceProtocolTest::echo).start()) {
      OkHttpClient client = client(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1));
      String session = null;
      for (int i = 0; i < 20; i++) {
        try (Response answer = post(client, "https", rig, "hello " + i)) {
          assertThat(answer.protocol()).isEqualTo(Protocol.HTTP_2);
          assertThat(answer.code()).isEqualTo(200);
          assertThat(answer.headers("x-dup")).containsExactly("1", "2");
          assertThat(answer.body().string()).isEqualTo("hello " + i);
        }
        var capture = rig.intake.next();
        assertThat(capture.request().target()).isEqualTo("/a%2Fb;c?d=+&&");
        assertThat(capture.request().headers().get("host")).startsWith("127.0.0.1:");
        assertThat(Wire.text(capture.request().body().bytes())).isEqualTo("hello " + i);
        assertThat(session == null || session.equals(capture.session())).isTrue();
        session = capture.session();
      }
    }
  }

  @Test
  void speaksHttp2WithPriorKnowledge() throws Exception {
    try (Rig rig = Rig.plan(data).service(HttpSourceProtocolTest::echo).start()) {
      OkHttpClient client = client(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
      String large = "0123456789".repeat(50_000);
      try (Response answer = post(client, "http", rig, large)) {
        assertThat(answer.protocol()).isEqualTo(Protocol.H2_PRIOR_KNOWLEDGE);
        assertThat(answer.body().string()).isEqualTo(large);
      }
      assertThat(rig.intake.next().request().body().length()).isEqualTo(500_000);
      okhttp3.Request head =
          new okhttp3.Request.Builder().url(url("http", rig)).head().build();
      try (Response answer = client.newCall(head).execute()) {
        assertThat(answer.header("content-length")).isEqualTo("0");
      }
    }
  }

  @Test
  void translatesAStreamedBodyAndTrailers() throws Exception {
    try (Rig rig = Rig.start(data)) {
      OkHttpClient client = client(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
      RequestBody streamed = new RequestBody() {
        @Override
        public MediaType contentType() {
          return null;
        }

        @Override
        public void writeTo(okio.BufferedSink sink) throws IOException {
          sink.writeUtf8("one").flush();
          sink.writeUtf8("two").flush();
        }
      };
      Call call = client.newCall(
          new okhttp3.Request.Builder().url(url("http", rig)).post(streamed).build());
      var answers = java.util.concurrent.CompletableFuture.supplyAsync(() -> {
        try {
          return call.execute();
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      });
      Wire upstream = rig.upstream();
      assertThat(upstream.head()).contains("transfer-encoding: chunked¶");
      Request request = rig.intake.next().request();
      assertThat(Wire.text(request.body().bytes())).isEqualTo("onetwo");
      upstream.send("HTTP/1.1 103 Early Hints¶Link: </a>¶¶");
      upstream.send("HTTP/1.1 200 OK¶Connection: x¶Transfer-Encoding: chunked¶¶3¶abc¶");
      try (Response answer = answers.get(10, TimeUnit.SECONDS)) {
        assertThat(answer.body().source().readUtf8(3)).isEqualTo("abc");
        upstream.send("3¶def¶0¶X-Sum: 1¶¶");
        assertThat(answer.body().string()).isEqualTo("def");
        assertThat(answer.trailers().get("x-sum")).isEqualTo("1");
      }
    }
  }

  @Test
  void endsAStreamWithoutLengthWhenTheServiceCloses() throws Exception {
    try (Rig rig = Rig.plan(data)
        .service(wire -> {
          wire.head();
          wire.send("HTTP/1.1 200 OK¶¶until the end");
        })
        .start()) {
      OkHttpClient client = client(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
      try (Response answer = get(client, rig)) {
        assertThat(answer.body().string()).isEqualTo("until the end");
      }
    }
  }

  @Test
  void resetsAStreamWhoseAnswerBreaksOff() throws Exception {
    try (Rig rig = Rig.plan(data)
        .service(wire -> {
          wire.head();
          wire.send("HTTP/1.1 200 OK¶Content-Length: 10¶¶half");
        })
        .start()) {
      OkHttpClient client = client(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
      try (Response answer = get(client, rig)) {
        assertThatThrownBy(() -> answer.body().string()).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void closesItsConnectionToTheServiceWhenAStreamIsCancelled() throws Exception {
    try (Rig rig = Rig.start(data)) {
      OkHttpClient client = client(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
      Call call =
          client.newCall(new okhttp3.Request.Builder().url(url("http", rig)).build());
      call.enqueue(new Ignored());
      Wire upstream = rig.upstream();
      upstream.head();
      call.cancel();
      assertThat(upstream.isClosed()).isTrue();
    }
  }

  @Test
  void staysWithHttp1WhenAClientWouldSwitchToHttp2() throws Exception {
    try (Rig rig = Rig.start(data)) {
      Wire client = rig.client();
      client.send("GET / HTTP/1.1¶Host: a¶Connection: Upgrade, HTTP2-Settings¶Upgrade: h2c¶"
          + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA¶¶");
      Wire upstream = rig.upstream();
      assertThat(upstream.head()).isEqualTo("GET / HTTP/1.1¶Host: a¶¶");
      String answer = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";
      upstream.send(answer);
      assertThat(client.readAs(answer)).isEqualTo(answer);
    }
  }

  @Test
  void speaksTlsWithTheService() throws Exception {
    try (Rig secure = Rig.plan(data.resolve("1"))
            .tls(OURS)
            .service(HttpSourceProtocolTest::echo)
            .start();
        Rig rig = Rig.plan(data.resolve("2"))
            .to(Origin.parse("https://localhost:" + secure.source.address().getPort()), TRUST)
            .start()) {
      Wire client = rig.client();
      for (int i = 0; i < 3; i++) {
        client.send("POST / HTTP/1.1¶Host: a¶Content-Length: 5¶¶hello");
        assertThat(client.head()).startsWith("HTTP/1.1 200 OK¶");
        assertThat(client.read(5)).isEqualTo("hello");
      }
    }
  }

  @Test
  void refusesAServiceThatItCannotTrust() throws Exception {
    try (Rig secure = Rig.plan(data.resolve("1")).tls(OURS).start();
        Rig rig = Rig.plan(data.resolve("2"))
            .to(Origin.parse("https://localhost:" + secure.source.address().getPort()), null)
            .start()) {
      Wire client = rig.client();
      client.send("GET / HTTP/1.1¶Host: a¶¶");
      assertThat(client.head()).startsWith("HTTP/1.1 502 ");
    }
  }

  private static void echo(Wire wire) throws IOException {
    while (true) {
      String head = wire.head();
      int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("content-length: ");
      int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf('¶', at)));
      byte[] body = wire.readBytes(length);
      wire.send("HTTP/1.1 200 OK¶X-Dup: 1¶Content-Length: " + length + "¶X-Dup: 2¶¶");
      wire.send(body);
    }
  }

  private static Response post(OkHttpClient client, String scheme, Rig rig, String body)
      throws IOException {
    return client
        .newCall(new okhttp3.Request.Builder()
            .url(url(scheme, rig))
            .post(RequestBody.create(body, null))
            .build())
        .execute();
  }

  private static Response get(OkHttpClient client, Rig rig) throws IOException {
    return client
        .newCall(new okhttp3.Request.Builder().url(url("http", rig)).build())
        .execute();
  }

  private static String url(String scheme, Rig rig) {
    return scheme + "://127.0.0.1:" + rig.source.address().getPort() + "/a%2Fb;c?d=+&&";
  }

  private static OkHttpClient client(List<Protocol> protocols) throws Exception {
    dev.weir.http.Tls.Client tls = dev.weir.http.Tls.client(TRUST);
    SSLContext context = tls.context();
    X509TrustManager trust = tls.trustManager();
    return new OkHttpClient.Builder()
        .sslSocketFactory(context.getSocketFactory(), trust)
        .protocols(protocols)
        .retryOnConnectionFailure(false)
        .build();
  }

  private static final class Ignored implements okhttp3.Callback {
    @Override
    public void onFailure(Call call, IOException e) {}

    @Override
    public void onResponse(Call call, Response response) {
      response.close();
    }
  }
}
