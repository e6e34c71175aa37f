package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.wire.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people change under a line that runs: certificates, tokens, and files that are wrong. TLS is
 * on every hop.
 */
class ReloadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String READ_AGAIN = "read again";
  private static final String REFUSED = "not reloaded, the old stays in force";

  @TempDir
  private Path folder;

  private SecureLine line;
  private PoliteCustomers customers;

  @BeforeEach
  void start() throws Exception {
    line = new SecureLine(folder);
    customers = customers(line.trusting("proxy")).start();
    awaitDelivered(50);
  }

  private PoliteCustomers customers(SSLContext tls) throws IOException {
    InetSocketAddress front = line.front();
    return new PoliteCustomers("https://" + front.getHostString() + ":" + front.getPort(), 2, tls);
  }

  @AfterEach
  void stop() throws Exception {
    try {
      customers.close();
    } finally {
      line.close();
    }
  }

  private void awaitDelivered(long more) {
    long wanted = line.target().distinct() + more;
    await().atMost(PATIENCE).until(() -> line.target().distinct() >= wanted);
  }

  /** How many lines of a role's log say this. */
  private long said(String role, String words) throws Exception {
    return line.process(role)
        .talk()
        .lines()
        .filter(said -> said.contains(words))
        .count();
  }

  private void reload(String role) throws Exception {
    long before = said(role, READ_AGAIN);
    line.hangUp(role);
    await().atMost(PATIENCE).until(() -> said(role, READ_AGAIN) > before);
  }

  private HttpResponse<String> ask(String role, String path, String token) throws Exception {
    HttpClient client =
        HttpClient.newBuilder().sslContext(line.certificates(role).context()).build();
    URI uri = URI.create("https://" + line.process(role).addresses().get("admin") + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token);
    if (path.endsWith("reload")) {
      request.POST(HttpRequest.BodyPublishers.noBody());
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void certificatesAndTokensChangeUnderTrafficAndNobodyNotices() throws Exception {
    Socket silent = new Socket();
    silent.connect(line.front());
    silent.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    for (String role : List.of("proxy", "relay", "player")) {
      line.renew(role);
    }
    for (String role : List.of("relay", "player", "proxy")) {
      reload(role);
    }
    try (PoliteCustomers late = customers(line.trusting("proxy")).start()) {
      await().atMost(PATIENCE).until(() -> late.answered().size() >= 10);
      assertThat(late.failures())
          .as("those who trust the new certificate alone")
          .isEmpty();
    }
    assertThat(ask("player", "/v1/stats", "look").statusCode()).isEqualTo(200);
    assertThat(ask("player", "/v1/stats", "else").statusCode()).isEqualTo(401);

    line.tokens(List.of("ship-1", "ship-2"), "ship-1");
    reload("relay");
    assertThat(lastUsed()).containsExactly(true, false);
    line.tokens(List.of("ship-1", "ship-2"), "ship-2");
    reload("proxy");
    await().atMost(PATIENCE).until(() -> lastUsed().equals(List.of(true, true)));
    line.tokens(List.of("ship-2"), "ship-2");
    reload("relay");
    awaitDelivered(50);

    assertThat(customers.failures()).isEmpty();
    assertThat(ask("relay", "/v1/stats", "look").body())
        .contains("\"lost\":0,", "\"imbalance\":0,");
    assertThat(line.process("relay").talk() + ask("relay", "/v1/stats", "look").body())
        .doesNotContain("ship-1", "ship-2");
    assertThat(line.process("proxy").talk()).doesNotContain("401");
    try (silent) {
      assertThat(silent.getInputStream().read())
          .as("one that never shakes hands")
          .isEqualTo(-1);
    }
  }

  /** Of the proxy's tokens, in the order of the file: whether each has been used. */
  private List<Boolean> lastUsed() throws Exception {
    JsonNode tokens =
        Json.MAPPER.readTree(ask("relay", "/v1/stats", "look").body()).get("tokens");
    List<Boolean> used = new ArrayList<>();
    tokens.forEach(token -> {
      if (token.get("name").asText().equals("proxy")) {
        used.add(!token.get("usedMs").isNull());
      }
    });
    return used;
  }

  @Test
  void aFileThatIsWrongChangesNothingAndIsToldOnce() throws Exception {
    for (String role : List.of("relay", "player", "proxy")) {
      Path certificate = line.file(role + ".pem");
      String good = Files.readString(certificate);
      Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nnonsense\n");
      line.hangUp(role);
      await().atMost(PATIENCE).until(() -> said(role, REFUSED) > 0);
      assertThat(line.process(role).talk()).contains(role + ".pem");
      Files.writeString(certificate, good);

      Path file = line.file(role + ".yaml");
      String yaml = Files.readString(file);
      Files.writeString(file, yaml + "bukkets: {}\n");
      line.hangUp(role);
      await().atMost(PATIENCE).until(() -> line.process(role).talk().contains("unknown key"));
      assertThat(said(role, "unknown key")).isEqualTo(1);
      Files.writeString(file, yaml);
    }
    awaitDelivered(50);
    assertThat(customers.failures()).isEmpty();

    assertThat(ask("relay", "/v1/reload", "look").statusCode()).isEqualTo(200);
    assertThat(ask("relay", "/v1/reload", "play").statusCode()).isEqualTo(403);
    Files.writeString(line.file("relay.key"), Files.readString(line.file("proxy.key")));
    HttpResponse<String> refused = ask("relay", "/v1/reload", "look");
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("relay.key is not the key of the first certificate");
  }
}
