package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.Headers;
import dev.weir.config.ClientTls;
import dev.weir.config.RelayConnection;
import dev.weir.config.Secret;
import dev.weir.http.RelayClient.Reply;
import dev.weir.unit.ByteSize;
import dev.weir.unit.Origin;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xnio.Options;
import org.xnio.SslClientAuthMode;

class RelayClientTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final ByteSize LIMIT = new ByteSize(100);

  @TempDir
  Path folder;

  private final BlockingQueue<TreeMap<String, String>> heard = new LinkedBlockingQueue<>();
  private @Nullable Undertow server;

  @AfterEach
  void close() {
    if (server != null) {
      server.stop();
    }
  }

  @Test
  void addsTheTokenAndNothingThatWasNotAskedFor() throws Exception {
    int port = serve(Undertow.builder().addHttpListener(0, "127.0.0.1"), "fine");
    try (RelayClient client = client("http", port, new Secret("t0ken"), null)) {
      Reply reply = post(client, Headers.of("Content-Type", "text/x", "X-Mine", "1"), "hello");

      assertThat(reply).isInstanceOfSatisfying(Reply.Answer.class, answer -> {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().get("x-reply")).isEqualTo("yes");
        assertThat(answer.body()).isEqualTo("fine".getBytes(StandardCharsets.UTF_8));
      });
      assertThat(heard.take())
          .containsOnly(
              entry("Accept-Encoding", "identity"),
              entry("Authorization", "Bearer t0ken"),
              entry("Connection", "Keep-Alive"),
              entry("Content-Length", "5"),
              entry("Content-Type", "text/x"),
              entry("Host", "127.0.0.1:" + port),
              entry("User-Agent", "weir"),
              entry("X-Mine", "1"));
    }
  }

  @Test
  void takesAnAnswerThatIsTooLongForNone() throws Exception {
    int port = serve(Undertow.builder().addHttpListener(0, "127.0.0.1"), "x".repeat(101));
    try (RelayClient client = client("http", port, null, null)) {
      assertThat(post(client, Headers.NONE, ""))
          .isEqualTo(new Reply.Unreachable("an answer of more than 100 B"));
    }
  }

  @Test
  void hasRoomForAsManyCallsThatWaitAsItIsTold() throws Exception {
    server = Undertow.builder()
        .addHttpListener(0, "127.0.0.1")
        .setHandler(exchange -> {
          if (exchange.getRequestPath().equals("/wait")) {
            exchange.dispatch(SameThreadExecutor.INSTANCE, () -> {}); // no answer
          }
        })
        .build();
    server.start();
    InetSocketAddress address =
        (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
    try (RelayClient client = RelayClient.open(
        new RelayConnection(new Origin("http", "127.0.0.1", address.getPort()), null, null), 50)) {
      List<CompletableFuture<Reply>> polls = IntStream.range(0, 50)
          .mapToObj(
              i -> client.post("/wait", Headers.NONE, new byte[0], TIMEOUT.multipliedBy(10), LIMIT))
          .toList();
      Reply reply = client.post("/", Headers.NONE, new byte[0], TIMEOUT, LIMIT).get();
      assertThat(reply).isInstanceOf(Reply.Answer.class);
      assertThat(polls).noneMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void waitsNoLongerForACallThatWaitsForOthers() throws Exception {
    server = Undertow.builder()
        .addHttpListener(0, "127.0.0.1")
        .setHandler(exchange -> exchange.dispatch(SameThreadExecutor.INSTANCE, () -> {}))
        .build();
    server.start();
    InetSocketAddress address =
        (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
    try (RelayClient client = client("http", address.getPort(), null, null)) {
      List<CompletableFuture<Reply>> slow = IntStream.range(0, 40)
          .mapToObj(
              i -> client.post("/", Headers.NONE, new byte[0], TIMEOUT.multipliedBy(10), LIMIT))
          .toList();
      Reply reply = client
          .post("/", Headers.NONE, new byte[0], Duration.ofMillis(50), LIMIT)
          .get(10, TimeUnit.SECONDS);
      assertThat(reply).isEqualTo(new Reply.Unreachable("timeout"));
      assertThat(slow).noneMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void tellsWhyThereIsNoAnswer() throws Exception {
    int port = serve(Undertow.builder().addHttpListener(0, "127.0.0.1"), "");
    try (RelayClient client = client("http", port, null, null)) {
      server.stop();
      assertThat(post(client, Headers.NONE, "")).isInstanceOf(Reply.Unreachable.class);
    }
  }

  @Test
  void trustsAndShowsTheCertificatesOfTheConfiguration() throws Exception {
    Certificates own = Certificates.make(folder, "dns:localhost,ip:127.0.0.1");
    int port = serve(
        Undertow.builder()
            .addHttpsListener(0, "127.0.0.1", own.context())
            .setSocketOption(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUIRED),
        "fine");

    ClientTls full = new ClientTls(own.certificate(), own.certificate(), own.key());
    try (RelayClient client = client("https", port, null, full)) {
      assertThat(post(client, Headers.NONE, "")).isInstanceOf(Reply.Answer.class);
    }
    ClientTls trusting = new ClientTls(own.certificate(), null, null);
    try (RelayClient client = client("https", port, null, trusting)) {
      assertThat(post(client, Headers.NONE, "")).isInstanceOf(Reply.Unreachable.class);
    }
    try (RelayClient client = client("https", port, null, null)) {
      assertThat(post(client, Headers.NONE, "")).isInstanceOf(Reply.Unreachable.class);
    }
  }

  @Test
  void saysWhatIsWrongWithAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("not.pem"), "-----BEGIN RSA PRIVATE KEY-----\n");
    Certificates own = Certificates.make(folder, "dns:localhost");

    assertThatThrownBy(() -> client("https", 1, null, new ClientTls(file, null, null)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not.pem");
    assertThatThrownBy(() -> client("https", 1, null, new ClientTls(null, own.certificate(), file)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("PKCS #8");
  }

  private int serve(Undertow.Builder builder, String body) {
    server = builder
        .setIoThreads(1)
        .setWorkerThreads(1)
        .setHandler(exchange -> {
          TreeMap<String, String> fields = new TreeMap<>();
          for (HeaderValues values : exchange.getRequestHeaders()) {
            fields.put(values.getHeaderName().toString(), String.join(",", List.copyOf(values)));
          }
          heard.add(fields);
          answer(exchange, body);
        })
        .build();
    server.start();
    return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  private static void answer(HttpServerExchange exchange, String body) {
    exchange.getResponseHeaders().put(new io.undertow.util.HttpString("X-Reply"), "yes");
    exchange.getResponseSender().send(body);
  }

  private static RelayClient client(
      String scheme, int port, @Nullable Secret token, @Nullable ClientTls tls) throws IOException {
    return RelayClient.open(new RelayConnection(new Origin(scheme, "127.0.0.1", port), token, tls));
  }

  private static Reply post(RelayClient client, Headers headers, String body) throws Exception {
    return client
        .post("/v1/x", headers, body.getBytes(StandardCharsets.UTF_8), TIMEOUT, LIMIT)
        .get(10, TimeUnit.SECONDS);
  }

  private static java.util.Map.Entry<String, String> entry(String name, String value) {
    return java.util.Map.entry(name, value);
  }
}
