package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.wire.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what README.md tells a newcomer to do, on free ports. */
class ReadmeTest {
  private static final Path README = Path.of("../README.md");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir
  private Path directory;

  @Test
  void demoEndsByItselfWithALedgerThatBalances() throws Exception {
    Process demo = demo("--duration", "5s", "--json");
    assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(demo.exitValue()).as(talk()).isZero();
    JsonNode sums = Json.MAPPER.readTree(Files.readString(out()));
    List<String> keys = new ArrayList<>();
    sums.fieldNames().forEachRemaining(keys::add);
    assertThat(keys).containsExactlyElementsOf(documentedSums());
    assertThat(sums.get("asked").asLong()).isPositive();
    assertThat(sums.get("captured").asLong())
        .isGreaterThanOrEqualTo(sums.get("asked").asLong())
        .isEqualTo(sums.get("filtered").asLong()
            + sums.get("delivered").asLong()
            + sums.get("waiting").asLong()
            + sums.get("dead").asLong()
            + sums.get("lost").asLong());
    assertThat(sums.get("imbalance").asLong()).isZero();
  }

  private static List<String> documentedSums() throws IOException {
    String page = Files.readString(Path.of("../docs/reference/command-line.md"));
    String section = page.substring(page.indexOf("### weir demo"), page.indexOf("### weir check"));
    return Pattern.compile("(?m)^\\| `(\\w+)` \\| [^|]+ \\|$")
        .matcher(section)
        .results()
        .map(row -> row.group(1))
        .toList();
  }

  @Test
  void tourShowsACustomersRequestAtStagingAndOnThePage() throws Exception {
    Process demo = demo();
    try {
      Map<String, String> printed = Map.of(
          "http://127.0.0.1:8080", printed("the shop, through the proxy +(http://\\S+)/"),
          "http://127.0.0.1:4000", printed("what staging has seen +(http://\\S+)/recent"),
          "http://127.0.0.1:7071", printed("the relay's page +(http://\\S+)/"));
      List<URI> tour = tour(printed);
      assertThat(get(tour.get(0))).startsWith("teapot");
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(get(tour.get(1))).contains("?from=me"));
      Awaitility.await() // the proxy reports within a second
          .atMost(PATIENCE)
          .until(() -> stats(tour).get("captured").asLong() > 0);
      JsonNode stats = stats(tour);
      assertThat(stats.get("lost").asLong()).isZero();
      assertThat(stats.get("buckets").get(0).get("name").asText()).isEqualTo("shop");
      assertThat(get(URI.create(printed.get("http://127.0.0.1:7071") + "/")))
          .contains("<h1><b>weir</b>", ">shop<")
          .contains(">" + stats.get("proxies").get(0).get("name").asText() + "<");
      demo.destroy();
      assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(demo.exitValue()).as(talk()).isZero();
      assertThat(Files.readString(out()))
          .containsPattern("captured +[1-9]")
          .endsWith("the ledger balances\n");
    } finally {
      demo.descendants().forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
  }

  private JsonNode stats(List<URI> tour) throws Exception {
    return Json.MAPPER.readTree(get(tour.get(2)));
  }

  /** The addresses that the tour has people ask, in its order. */
  private static List<URI> tour(Map<String, String> printed) throws IOException {
    return Walkthrough.commands(README).stream()
        .filter(command -> command.startsWith("curl "))
        .map(line -> Pattern.compile("https?://[^' ]+").matcher(line))
        .filter(Matcher::find)
        .map(address -> {
          String url = address.group();
          for (Map.Entry<String, String> of : printed.entrySet()) {
            url = url.replace(of.getKey(), of.getValue());
          }
          return URI.create(url);
        })
        .toList();
  }

  @Test
  void threeCommandsCarryARequestToStaging() throws Exception {
    try (PlainSite production = new PlainSite();
        PlainSite staging = new PlainSite();
        Walkthrough walk =
            Walkthrough.of(README, directory, production.address(), staging.address())) {
      for (String role : List.of("relay  ", "proxy  ", "player ")) { // as they stand in one column
        walk.start("./weir " + role);
      }
      HttpRequest order = HttpRequest.newBuilder(
              URI.create("http://" + walk.moved("127.0.0.1:8080") + "/orders?from=me"))
          .POST(BodyPublishers.ofString("a teapot"))
          .build();
      assertThat(client.send(order, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      assertThat(production.seen()).containsExactly("POST /orders?from=me a teapot");
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(staging.seen()).containsExactlyElementsOf(production.seen()));
      walk.stopAll();
      assertThat(directory).isDirectoryContaining("glob:**/proxy-data");
    }
  }

  private Process demo(String... flags) throws IOException {
    List<String> command = Weir.command("-Xmx256m");
    command.add("demo");
    command.addAll(List.of(flags));
    return new ProcessBuilder(command)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(out().toFile())
        .redirectError(directory.resolve("talk").toFile())
        .start();
  }

  private Path out() {
    return directory.resolve("out");
  }

  private String talk() throws IOException {
    return Files.readString(directory.resolve("talk"));
  }

  /** What the demo says in the place of the group, once it says it. */
  private String printed(String pattern) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> Pattern.compile(pattern)
                .matcher(talk())
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElse(""),
            found -> !found.isEmpty());
  }

  private String get(URI uri) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }
}
