package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.cli.demo.RoleProcess;
import dev.weir.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/tutorial/getting-started.md tells its reader to do. */
class TutorialTest {
  private static final Path PAGE = Path.of("../docs/tutorial/getting-started.md");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir
  private Path folder;

  @Test
  void leadsFromACloneThroughAnOutage() throws Exception {
    try (PlainSite production = new PlainSite();
        PlainSite staging = new PlainSite();
        Walkthrough walk = Walkthrough.of(PAGE, folder, production.address(), staging.address())) {
      walk.writeFiles();
      RoleProcess relay = walk.start("./weir relay");
      RoleProcess proxy = walk.start("./weir proxy");
      assertThat(curl(walk.command("curl 'http://127.0.0.1:8080/?customer=1")).statusCode())
          .isEqualTo(200);
      walk.start("./weir player");
      awaitSeen(staging, "GET /?customer=1");
      awaitDelivered(walk, 1); // or else the player's word may come too late, and it comes twice

      assertThat(relay.stop()).isZero();
      for (int customer = 2; customer <= 3; customer++) {
        String command = walk.command("curl 'http://127.0.0.1:8080/?customer=" + customer);
        assertThat(curl(command).statusCode()).isEqualTo(200);
      }
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(proxy.talk()).contains("relay unreachable"));
      walk.start("./weir relay");
      awaitSeen(staging, "GET /?customer=1", "GET /?customer=2", "GET /?customer=3");

      awaitDelivered(walk, 3);
      walk.stopAll();
    }
  }

  private void awaitDelivered(Walkthrough walk, long count) throws IOException {
    String stats = walk.command("curl -H");
    Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
      JsonNode said = Json.MAPPER.readTree(curl(stats).body());
      assertThat(said.get("captured").asLong()).isEqualTo(count);
      assertThat(said.get("delivered").asLong()).isEqualTo(count);
      assertThat(said.get("lost").asLong()).isZero();
    });
  }

  private static void awaitSeen(PlainSite site, String... requests) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(site.seen()).containsExactly(requests));
  }

  /** A command of curl, as far as the page uses it. */
  private HttpResponse<String> curl(String command) throws IOException, InterruptedException {
    Matcher url = Pattern.compile("http://[^' ]+").matcher(command);
    assertThat(url.find()).isTrue();
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url.group()));
    Matcher header = Pattern.compile("-H '([^:]+): ([^']+)'").matcher(command);
    if (header.find()) {
      request.header(header.group(1), header.group(2));
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void showsTokensThatBelongToTheirHashes() throws Exception {
    String page = Files.readString(PAGE);
    List<String> tokens = Pattern.compile("weir_[\\w-]{43}")
        .matcher(page)
        .results()
        .map(token -> token.group())
        .distinct()
        .toList();
    assertThat(tokens).hasSize(3);
    for (String token : tokens) {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      assertThat(page).contains("sha256: " + HexFormat.of().formatHex(hash));
    }
  }
}
