package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.Headers;
import dev.weir.config.ClientTls;
import dev.weir.config.RelayConnection;
import dev.weir.config.ServerTls;
import dev.weir.http.RelayClient.Reply;
import dev.weir.unit.ByteSize;
import dev.weir.unit.Origin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
  private static final String HERE = "ip:127.0.0.1";

  @TempDir
  private Path folder;

  private Certificates first;
  private Certificates second;
  private Path certificate;
  private Path key;
  private final TlsFiles files = new TlsFiles();

  @BeforeEach
  void make() throws Exception {
    first = Certificates.make(Files.createDirectory(folder.resolve("first")), HERE);
    second = Certificates.make(Files.createDirectory(folder.resolve("second")), HERE);
    certificate = folder.resolve("live.pem");
    key = folder.resolve("live.key");
    show(first);
  }

  /** As somebody who renews a certificate does. */
  private void show(Certificates own) throws IOException {
    Files.copy(own.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(own.key(), key, StandardCopyOption.REPLACE_EXISTING);
  }

  private HttpServer serve(@Nullable Path clientCa) throws IOException {
    return serve(files.server(new ServerTls(certificate, key, clientCa)));
  }

  private static HttpServer serve(Tls.@Nullable Server tls) throws IOException {
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return HttpServer.start(
        new HttpServer.Listener(
            anywhere, tls, Tokens.NONE, new Budget(new ByteSize(0)), new Refusals()),
        new Routes()
            .post(
                "/",
                Routes.Demand.NOTHING,
                new ByteSize(0),
                call -> CompletableFuture.completedFuture(Answer.text("text/plain", "fine"))));
  }

  private static RelayClient client(HttpServer server, @Nullable ClientTls tls) throws IOException {
    return RelayClient.open(connection(server, tls));
  }

  private static RelayConnection connection(HttpServer server, @Nullable ClientTls tls) {
    return new RelayConnection(
        new Origin("https", "127.0.0.1", server.address().getPort()), null, tls);
  }

  private static ClientTls trusting(Certificates authority) {
    return new ClientTls(authority.certificate(), null, null);
  }

  private static Reply call(RelayClient client) {
    return client
        .post("/", Headers.NONE, new byte[0], Duration.ofSeconds(30), new ByteSize(100))
        .join();
  }

  private static void assertAnswers(RelayClient client) {
    assertThat(call(client)).isInstanceOf(Reply.Answer.class);
  }

  private static void assertDistrusts(RelayClient client) {
    assertThat(call(client))
        .isInstanceOfSatisfying(
            Reply.Unreachable.class, reply -> assertThat(reply.reason()).contains("PKIX"));
  }

  @Test
  void showsTheNewCertificateToNewConnectionsAndLeavesTheOthersAlone() throws Exception {
    try (HttpServer server = serve((Path) null);
        RelayClient connected = client(server, trusting(first));
        RelayClient late = client(server, trusting(first));
        RelayClient renewed = client(server, trusting(second))) {
      assertAnswers(connected);
      assertDistrusts(renewed);

      show(second);
      assertThat(files.reload()).isEmpty();

      assertAnswers(renewed);
      assertAnswers(connected);
      assertDistrusts(late);
    }
  }

  @Test
  void keepsTheOldCertificateWhereTheNewOneIsNone() throws Exception {
    try (HttpServer server = serve((Path) null);
        RelayClient client = client(server, trusting(first))) {
      Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n");
      assertThat(files.reload()).singleElement().asString().contains("live.pem");

      show(first);
      Files.copy(second.key(), key, StandardCopyOption.REPLACE_EXISTING);
      assertThat(files.reload())
          .singleElement()
          .asString()
          .contains("live.key is not the key of the first certificate in", "live.pem");

      Files.delete(key);
      assertThat(files.reload()).singleElement().asString().contains("there is no", "live.key");

      assertAnswers(client);
    }
  }

  @Test
  void refusesACertificateThatNobodyWouldAccept() throws Exception {
    Certificates old =
        Certificates.make(Files.createDirectory(folder.resolve("old")), HERE, "-30d", 10);
    Certificates early =
        Certificates.make(Files.createDirectory(folder.resolve("early")), HERE, "+10d", 10);

    assertThatThrownBy(() -> files.server(new ServerTls(old.certificate(), old.key(), null)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("certificate.pem expired on 20");
    assertThatThrownBy(() -> files.server(new ServerTls(early.certificate(), early.key(), null)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("certificate.pem is good from 20");
  }

  @Test
  void asksClientsForCertificatesOfAnAuthorityThatMayChange() throws Exception {
    Path authority = Files.copy(first.certificate(), folder.resolve("authority.pem"));
    ClientTls asFirst = new ClientTls(first.certificate(), first.certificate(), first.key());
    ClientTls asSecond = new ClientTls(first.certificate(), second.certificate(), second.key());
    try (HttpServer server = serve(authority);
        RelayClient old = client(server, asFirst);
        RelayClient fresh = client(server, asSecond)) {
      assertAnswers(old);
      assertThat(call(fresh)).isInstanceOf(Reply.Unreachable.class);

      Files.copy(second.certificate(), authority, StandardCopyOption.REPLACE_EXISTING);
      assertThat(files.reload()).isEmpty();

      assertAnswers(fresh);
      assertAnswers(old);
      try (RelayClient late = client(server, asFirst)) {
        assertThat(call(late)).isInstanceOf(Reply.Unreachable.class);
      }
    }
  }

  @Test
  void letsAClientTrustAndShowSomethingElse() throws Exception {
    try (HttpServer server = serve(second.certificate());
        RelayClient client = client(server, trusting(second))) {
      assertDistrusts(client);

      client.use(connection(
          server, new ClientTls(first.certificate(), second.certificate(), second.key())));

      assertAnswers(client);
      assertThatThrownBy(() -> client.use(
              connection(server, new ClientTls(folder.resolve("nowhere.pem"), null, null))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nowhere.pem");
      assertAnswers(client);
    }
  }

  @Test
  void expectsTheNameThatTheConfigurationSays() throws Exception {
    Certificates named =
        Certificates.make(Files.createDirectory(folder.resolve("named")), "dns:relay.example");
    show(named);
    try (HttpServer server = serve((Path) null)) {
      Path ca = named.certificate();
      try (RelayClient client = client(server, new ClientTls(ca, null, null, "relay.example"))) {
        assertAnswers(client);
      }
      for (String wrong : new String[] {"other.example", null}) {
        try (RelayClient client = client(server, new ClientTls(ca, null, null, wrong))) {
          assertThat(call(client)).isInstanceOf(Reply.Unreachable.class);
        }
      }
    }
  }

  @Test
  void expectsAnotherNameOnceToldSo() throws Exception {
    Certificates named =
        Certificates.make(Files.createDirectory(folder.resolve("named")), "dns:relay.example");
    show(named);
    ClientTls wrong = new ClientTls(named.certificate(), null, null, "other.example");
    ClientTls right = new ClientTls(named.certificate(), null, null, "relay.example");
    try (HttpServer server = serve((Path) null);
        RelayClient client = client(server, wrong)) {
      assertThat(call(client)).isInstanceOf(Reply.Unreachable.class);

      client.use(connection(server, right));
      assertAnswers(client);

      client.use(connection(server, wrong));
      assertThat(call(client)).isInstanceOf(Reply.Unreachable.class);
    }
  }

  @Test
  void callsWithTlsAndWithoutAsItIsTold() throws Exception {
    try (HttpServer secured = serve((Path) null);
        HttpServer open = serve((Tls.Server) null);
        RelayClient client = client(secured, trusting(first))) {
      assertAnswers(client);

      int port = open.address().getPort();
      client.use(new RelayConnection(new Origin("http", "127.0.0.1", port), null, null));
      assertAnswers(client);

      client.use(connection(secured, trusting(first)));
      assertAnswers(client);
    }
  }

  @Test
  void readsWhatOpensslWrites() throws Exception {
    Path noisy = Files.writeString(
        folder.resolve("noisy.pem"),
        "Bag Attributes\n    localKeyID: 01\n"
            + Files.readString(first.certificate(), StandardCharsets.US_ASCII));
    assertThat(Pem.certificates(noisy)).hasSize(1);
  }
}
