package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.Headers;
import dev.weir.capture.MalformedException;
import dev.weir.config.ClientTls;
import dev.weir.config.RelayConnection;
import dev.weir.config.ServerTls;
import dev.weir.http.Routes.Demand;
import dev.weir.unit.ByteSize;
import dev.weir.unit.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpServerTest {
  private static final ByteSize MAX = new ByteSize(1_000);

  @TempDir
  private Path folder;

  private final CompletableFuture<Answer> later = new CompletableFuture<>();
  private final Budget bodies = new Budget(new ByteSize(1_500));
  private final OkHttpClient client = new OkHttpClient();
  private @Nullable HttpServer server;

  @AfterEach
  void stop() {
    later.complete(Answer.empty());
    if (server != null) {
      server.close();
      server.close();
    }
  }

  private HttpServer start(@Nullable ServerTls tls) throws IOException {
    Routes routes = new Routes()
        .post(
            "/echo/{name}",
            Demand.NOTHING,
            MAX,
            call -> now(Answer.text(
                "text/plain",
                call.path("name") + "=" + new String(call.body(), StandardCharsets.UTF_8))))
        .post("/later", Demand.NOTHING, MAX, call -> later)
        .get("/malformed", Demand.NOTHING, call -> {
          throw new MalformedException("nonsense", 7);
        })
        .get(
            "/busy",
            Demand.NOTHING,
            call -> CompletableFuture.failedFuture(new IOException("disk full")))
        .get("/broken", Demand.NOTHING, call -> {
          throw new NoClassDefFoundError("a broken build");
        })
        .get(
            "/name",
            path -> {
              throw new IllegalArgumentException("not a name");
            },
            call -> now(Answer.empty()));
    HttpServer started = HttpServer.start(
        new HttpServer.Listener(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            tls == null ? null : Tls.server(tls),
            Tokens.NONE,
            bodies,
            new Refusals()),
        routes);
    server = started;
    return started;
  }

  private static CompletableFuture<Answer> now(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private Request.Builder to(String path) {
    return new Request.Builder().url("http://127.0.0.1:" + port() + path);
  }

  private int port() {
    return server.address().getPort();
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port());
  }

  private Response send(Request.Builder request) throws IOException {
    return client.newCall(request.build()).execute();
  }

  private int status(Request.Builder request) throws IOException {
    try (Response response = send(request)) {
      return response.code();
    }
  }

  @Test
  void givesTheEndpointPathAndBody() throws Exception {
    start(null);
    try (Response response = send(to("/echo/a%20b").post(RequestBody.create("hello", null)))) {
      assertThat(response.body().string()).isEqualTo("a b=hello");
      assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(response.header("Cache-Control")).isEqualTo("no-store");
    }
  }

  @Test
  void answersFailuresByTheirKind() throws Exception {
    start(null);
    assertThat(status(to("/malformed"))).isEqualTo(400);
    assertThat(status(to("/name"))).isEqualTo(400);
    assertThat(status(to("/nowhere"))).isEqualTo(404);
    assertThat(status(to("/later"))).isEqualTo(405);
    assertThat(status(to("/broken"))).isEqualTo(500);
    try (Response response = send(to("/busy"))) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(response.header("Retry-After")).isEqualTo("1");
      assertThat(response.body().string()).contains("disk full");
    }
  }

  @Test
  void readsNoMoreThanItsLimitHoweverTheBodyComes() throws Exception {
    start(null);
    assertThat(status(to("/echo/x").post(RequestBody.create(new byte[1_000])))).isEqualTo(200);
    assertThat(status(to("/echo/x").post(RequestBody.create(new byte[1_001])))).isEqualTo(413);
    assertThat(status(to("/echo/x").post(chunked(1_000)))).isEqualTo(200);
    assertThat(status(to("/echo/x").post(chunked(1_001)))).isEqualTo(413);
  }

  @Test
  void readsNoBodyWhereNoneBelongs() throws Exception {
    start(null);
    try (Socket odd = connect()) {
      odd.setSoTimeout(10_000);
      String head =
          "GET /malformed HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
      odd.getOutputStream().write((head + "5\r\nhello\r\n").getBytes(StandardCharsets.US_ASCII));
      byte[] answer = odd.getInputStream().readNBytes(12);
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
    }
  }

  private static RequestBody chunked(int bytes) {
    return new RequestBody() {
      @Override
      public @Nullable MediaType contentType() {
        return null;
      }

      @Override
      public void writeTo(BufferedSink sink) throws IOException {
        sink.write(new byte[bytes]);
      }
    };
  }

  @Test
  void tellsWhoeverComesThatTooMuchIsBeingRead() throws Exception {
    start(null);
    try (Socket slow = connect()) {
      slow.getOutputStream()
          .write("POST /echo/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      Awaitility.await().until(() -> bodies.taken().equals(new ByteSize(900)));
      assertThat(status(to("/echo/x").post(RequestBody.create(new byte[700])))).isEqualTo(503);
      assertThat(status(to("/echo/x").post(RequestBody.create(new byte[500])))).isEqualTo(200);
    }
    Awaitility.await().until(() -> bodies.taken().equals(new ByteSize(0)));
  }

  @Test
  void saysThatItIsReadyForABodyThatWaitsToBeAskedFor() throws Exception {
    start(null);
    try (Socket polite = connect()) {
      polite.setSoTimeout(5_000);
      String head = "POST /echo/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n";
      String ask = "Expect: 100-continue\r\nConnection: close\r\n\r\n";
      polite.getOutputStream().write((head + ask).getBytes(StandardCharsets.US_ASCII));
      InputStream in = polite.getInputStream();
      assertThat(new String(in.readNBytes(25), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      polite.getOutputStream().write("hi".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).endsWith("x=hi");
    }
  }

  @Test
  void finishesWhatIsUnderWayWhenItCloses() throws Exception {
    HttpServer open = start(null);
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread caller = new Thread(() -> {
      try {
        status.complete(status(to("/later").post(RequestBody.create(new byte[9]))));
      } catch (IOException e) {
        status.completeExceptionally(e);
      }
    });
    caller.start();
    Awaitility.await().until(() -> bodies.taken().equals(new ByteSize(9)));
    Thread closer = new Thread(open::close);
    closer.start();
    later.complete(Answer.empty());
    assertThat(status.get(5, TimeUnit.SECONDS)).isEqualTo(200);
    closer.join();
    caller.join();
    assertThatThrownBy(() -> status(to("/malformed"))).isInstanceOf(IOException.class);
  }

  @Test
  void saysWhichAddressItCannotHave() throws Exception {
    HttpServer first = start(null);
    assertThatThrownBy(() -> HttpServer.start(
            new HttpServer.Listener(first.address(), null, Tokens.NONE, bodies, new Refusals()),
            new Routes()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:" + port());
  }

  @Test
  void servesTlsToThoseWhoShowACertificate() throws Exception {
    Certificates own = Certificates.make(folder, "dns:localhost,ip:127.0.0.1");
    start(new ServerTls(own.certificate(), own.key(), own.certificate()));
    assertThat(reply(new ClientTls(own.certificate(), own.certificate(), own.key())))
        .isInstanceOf(RelayClient.Reply.Answer.class);
    assertThat(reply(new ClientTls(own.certificate(), null, null)))
        .isInstanceOf(RelayClient.Reply.Unreachable.class);
  }

  private RelayClient.Reply reply(ClientTls tls) throws Exception {
    RelayConnection connection =
        new RelayConnection(new Origin("https", "127.0.0.1", port()), null, tls);
    try (RelayClient relay = RelayClient.open(connection)) {
      return relay
          .post("/echo/x", Headers.NONE, new byte[1], Duration.ofSeconds(10), MAX)
          .get();
    }
  }
}
