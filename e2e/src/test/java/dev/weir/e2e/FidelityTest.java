package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.e2e.EchoSite.Taken;
import dev.weir.http.Certificates;
import dev.weir.wiretest.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What production got, the target gets: through proxy, relay and player, each a process of its own,
 * between sites on bare sockets. Requests are told apart by the field X-Case.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FidelityTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";

  /** Left out by the player: they are for one hop. */
  private static final Set<String> FOR_ONE_HOP = Set.of("connection", "upgrade", "te", "expect");

  private static final List<String> ADDED =
      List.of("Weir-Capture-Id", "Weir-Attempt", "Weir-Captured-At", "Weir-Hop");

  private final List<AutoCloseable> open = new ArrayList<>();
  private EchoSite production;
  private EchoSite target;
  private RoleProcess proxy;
  private Certificates certificates;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    production = add(new EchoSite());
    target = add(new EchoSite());
    certificates = Certificates.make(directory, "dns:localhost,ip:127.0.0.1");
    RoleProcess relay = role(directory, "relay", """
        listen: 127.0.0.1:0
        admin: 127.0.0.1:0
        data: %s
        buckets: {shop: {}}
        """.formatted(directory.resolve("relay")));
    String bucket = "http://" + relay.addresses().get("listen");
    role(directory, "player", """
        data: %s
        relay: {url: %s}
        replays:
          - bucket: shop
            target: {type: http, to: "http://%s"}
        """.formatted(directory.resolve("player"), bucket, target.address()));
    proxy = role(directory, "proxy", """
        data: %s
        relay: {url: %s}
        sources:
          - {type: http, name: plain, listen: 127.0.0.1:0, to: "http://%3$s", buckets: [shop], body-limit: 2MB}
          - type: http
            name: secret
            listen: 127.0.0.1:0
            tls: {certificate: %4$s, key: %5$s}
            to: http://%3$s
            buckets: [shop]
        buckets: {shop: {}}
        """.formatted(
            directory.resolve("proxy"),
            bucket,
            production.address(),
            certificates.certificate(),
            certificates.key()));
  }

  private RoleProcess role(Path directory, String name, String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".yaml"), yaml);
    return add(RoleProcess.start(
        Weir.command("-Xmx256m"),
        directory.resolve(name + ".log"),
        List.of(name, "-c", file.toString())));
  }

  private <T extends AutoCloseable> T add(T opened) {
    open.add(0, opened);
    return opened;
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private Wire client() throws IOException {
    String address = Objects.requireNonNull(proxy.addresses().get("plain"));
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    return Wire.to(new InetSocketAddress("127.0.0.1", port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROPFIND /dav HTTP/1.1¶X-Case: propfind¶Host: shop¶Depth: 1¶¶",
        "get /lower HTTP/1.1¶X-Case: method¶Host: shop¶¶",
        "GET /twice HTTP/1.1¶X-Dup: 1¶X-Case: twice¶hOsT: shop¶x-dUP: 2¶Accept: */*¶X-DUP: 1¶X-Empty:¶¶",
        "GET /a%2Fb;c=1+d//e%20?q=a+b;c=%2f&&=? HTTP/1.1¶Host: shop¶X-Case: target¶¶",
        "GET /a/../b/./%2e%2E/c?../d HTTP/1.1¶Host: shop¶X-Case: dots¶¶",
        "GET /\u00e9\"<>|`{}^ HTTP/1.1¶Host: shop¶X-Case: octets¶X-Latin: \u00e9\u00ff¶¶",
        "OPTIONS * HTTP/1.1¶Host: shop¶X-Case: star¶¶",
        "GET http://shop.example/x?y HTTP/1.1¶Host: shop.example¶X-Case: absolute¶¶",
        "DELETE /with-body HTTP/1.1¶Host: shop¶X-Case: delete¶content-LENGTH: 3¶¶a\0\n",
        "POST /empty HTTP/1.1¶Host: shop¶X-Case: empty¶Content-Length: 0¶¶",
        "POST /chunks HTTP/1.1¶Host: shop¶X-Case: chunks¶Transfer-Encoding: chunked¶¶"
            + "3;x=y¶abc¶A¶0123456789¶0¶X-End: 1¶x-End: 2¶¶",
      })
  void replaysWhatProductionGot(String request) throws Exception {
    try (Wire client = client()) {
      client.send(request);
      assertThat(client.readAs(OK)).isEqualTo(OK);
    }
    String name = request.replaceAll("(?s).*X-Case: ([a-z]+).*", "$1");
    String head = request.substring(0, request.indexOf("¶¶"));
    Taken first = came(production, name);
    assertThat(String.join("¶", first.fields())).isEqualTo(head.substring(head.indexOf('¶') + 1));
    assertThat(first.line()).isEqualTo(head.substring(0, head.indexOf('¶')));
    assertReplayed(name);
  }

  @Test
  void replaysBodiesOfAnyBytes() throws Exception {
    byte[] zeros = new byte[1 << 20];
    byte[] noise = new byte[300_001];
    new Random(7).nextBytes(noise);
    for (byte[] body : List.of(zeros, noise)) {
      String name = body == zeros ? "zeros" : "noise";
      try (Wire client = client()) {
        client.send("PUT /" + name + " HTTP/1.1¶Host: shop¶X-Case: " + name + "¶Content-Length: "
            + body.length + "¶¶");
        client.send(body);
        assertThat(client.readAs(OK)).isEqualTo(OK);
      }
      assertThat(came(target, name).body()).isEqualTo(EchoSite.exact(body));
      assertReplayed(name);
    }
  }

  @Test
  void replaysHead() throws Exception {
    try (Wire client = client()) {
      client.send("HEAD /head HTTP/1.1¶Host: shop¶X-Case: head¶¶");
      assertThat(client.head()).startsWith("HTTP/1.1 200 OK¶Content-Length: 2¶");
    }
    assertReplayed("head");
  }

  @Test
  void replaysABodyThatWasWaitedForWithoutWaiting() throws Exception {
    try (Wire client = client()) {
      client.send(
          "POST /wait HTTP/1.1¶Host: shop¶X-Case: wait¶Expect: 100-continue¶Content-Length: 4¶¶");
      assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue¶¶");
      client.send("body");
      assertThat(client.readAs(OK)).isEqualTo(OK);
    }
    assertThat(came(production, "wait").fields()).contains("Expect: 100-continue");
    assertThat(came(target, "wait").body()).isEqualTo("body");
    assertReplayed("wait");
  }

  @Test
  void replaysPipelinedRequestsByOneConnectionInOrder() throws Exception {
    StringBuilder requests = new StringBuilder();
    for (int i = 1; i <= 20; i++) {
      requests
          .append("POST /pipe")
          .append(i)
          .append(" HTTP/1.1¶Host: shop¶X-Case: pipe")
          .append(i);
      requests.append("¶Content-Length: 2¶¶").append(10 + i);
    }
    try (Wire client = client()) {
      client.send(requests.toString());
      assertThat(client.readAs(OK.repeat(20))).isEqualTo(OK.repeat(20));
    }
    for (int i = 1; i <= 20; i++) {
      assertReplayed("pipe" + i);
    }
    List<Taken> pipe =
        target.taken().stream().filter(t -> t.line().startsWith("POST /pipe")).toList();
    assertThat(pipe)
        .extracting(Taken::line)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 20)
            .mapToObj(i -> "POST /pipe" + i + " HTTP/1.1")
            .toList());
    assertThat(pipe).extracting(Taken::connection).containsOnly(pipe.get(0).connection());
  }

  @Test
  void replaysTheRequestOfAStreamOfEvents() throws Exception {
    try (Wire client = client()) {
      client.send("GET /events HTTP/1.1¶Host: shop¶X-Case: events¶Accept: text/event-stream¶¶");
      assertThat(client.head()).contains("Content-Type: text/event-stream");
      assertThat(client.readAs("8¶data: 1\n¶")).isEqualTo("8¶data: 1\n¶");
      assertReplayed("events");
    }
  }

  @Test
  void replaysTheHandshakeOfAWebSocketAsAPlainRequest() throws Exception {
    try (Wire client = client()) {
      client.send("GET /chat HTTP/1.1¶Host: shop¶X-Case: chat¶Connection: Upgrade¶"
          + "Upgrade: websocket¶Sec-WebSocket-Key: a2V5¶Sec-WebSocket-Version: 13¶¶");
      assertThat(client.head()).startsWith("HTTP/1.1 101 Switching Protocols¶");
      client.send("bytes").end();
      assertThat(client.rest()).isEqualTo("bytes");
    }
    assertThat(came(production, "chat").field("upgrade")).isEqualTo("websocket");
    assertThat(came(target, "chat").fields()).contains("Sec-WebSocket-Key: a2V5");
    assertReplayed("chat");
  }

  @Test
  void replaysHttp2AsTheHttp1ThatProductionGot() throws Exception {
    ask("http", "plain", List.of(Protocol.H2_PRIOR_KNOWLEDGE), "prior", null);
    ask("http", "plain", List.of(Protocol.H2_PRIOR_KNOWLEDGE), "prior-post", "some text");
    ask("https", "secret", List.of(Protocol.HTTP_2, Protocol.HTTP_1_1), "alpn", "more text");
    ask("https", "secret", List.of(Protocol.HTTP_1_1), "tls", null);
    for (String name : List.of("prior", "prior-post", "alpn", "tls")) {
      assertThat(came(target, name).line()).endsWith(" /a%2Fb;c?d=+&& HTTP/1.1");
      assertReplayed(name);
    }
    assertThat(came(target, "alpn").body()).isEqualTo("more text");
  }

  private void ask(
      String scheme, String source, List<Protocol> protocols, String name, @Nullable String body)
      throws Exception {
    OkHttpClient client = new OkHttpClient.Builder()
        .sslSocketFactory(certificates.context().getSocketFactory(), trust())
        .protocols(protocols)
        .build();
    Request.Builder request = new Request.Builder()
        .url(scheme + "://" + proxy.addresses().get(source) + "/a%2Fb;c?d=+&&")
        .header("X-Case", name);
    if (body != null) {
      request.post(RequestBody.create(body, null));
    }
    try (Response answer = client.newCall(request.build()).execute()) {
      assertThat(answer.protocol()).isEqualTo(protocols.get(0));
      assertThat(answer.body().string()).isEqualTo("ok");
    } finally {
      client.connectionPool().evictAll();
    }
  }

  private X509TrustManager trust() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(certificates.certificate())) {
      trusted.setCertificateEntry(
          "site", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  @Test
  void replaysTenThousandRequestsOfOneConnectionInOrderByOneConnection() throws Exception {
    int count = 10_000;
    try (Wire client = client()) {
      for (int i = 0; i < count; i++) {
        client.send("GET /row/" + i + " HTTP/1.1¶Host: shop¶¶");
        assertThat(client.readAs(OK)).isEqualTo(OK);
      }
    }
    await().atMost(PATIENCE).until(() -> row().size() >= count);
    List<Taken> row = row();
    assertThat(row)
        .extracting(Taken::line)
        .containsExactlyElementsOf(IntStream.range(0, count)
            .mapToObj(i -> "GET /row/" + i + " HTTP/1.1")
            .toList());
    assertThat(row).extracting(Taken::connection).containsOnly(row.get(0).connection());
  }

  private List<Taken> row() {
    return target.taken().stream().filter(t -> t.line().startsWith("GET /row/")).toList();
  }

  @Test
  void opensAsManyConnectionsAsThereWereSessions() throws Exception {
    int sessions = 30;
    List<Wire> clients = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      clients.add(add(client()));
    }
    for (int i = 0; i < 5 * sessions; i++) {
      Wire client = clients.get(i % sessions);
      client.send("GET /many/" + i % sessions + " HTTP/1.1¶Host: shop¶X-Case: many" + i + "¶¶");
      assertThat(client.readAs(OK)).isEqualTo(OK);
    }
    for (int i = 0; i < 5 * sessions; i++) {
      assertReplayed("many" + i);
    }
    List<Taken> many = target.taken().stream()
        .filter(taken -> taken.line().startsWith("GET /many/"))
        .toList();
    assertThat(many.stream().map(t -> t.line() + t.connection()).distinct()).hasSize(sessions);
    assertThat(many.stream().map(Taken::connection).distinct()).hasSize(sessions);
  }

  /** What came with that name, once it has come. */
  private static Taken came(EchoSite site, String name) {
    return await().alias(name).atMost(PATIENCE).until(() -> site.named(name), Objects::nonNull);
  }

  /** The target got what production got, but for what the player's documentation names. */
  private void assertReplayed(String name) {
    Taken original = came(production, name);
    Taken replayed = came(target, name);
    assertThat(replayed.line()).isEqualTo(original.line());
    List<String> fields = new ArrayList<>();
    for (String field : original.fields()) {
      String key = field.substring(0, field.indexOf(':'));
      if (key.equalsIgnoreCase("host")) {
        fields.add(key + ": " + target.address());
      } else if (!FOR_ONE_HOP.contains(key.toLowerCase(Locale.ROOT))) {
        fields.add(key + ": " + field.substring(key.length() + 1).strip());
      }
    }
    int own = replayed.fields().size() - ADDED.size();
    assertThat(replayed.fields().subList(0, own)).isEqualTo(fields);
    assertThat(replayed.fields().subList(own, own + ADDED.size()))
        .extracting(field -> field.substring(0, field.indexOf(':')))
        .isEqualTo(ADDED);
    assertThat(replayed.body()).isEqualTo(original.body());
    assertThat(replayed.trailers()).isEqualTo(original.trailers());
  }
}
