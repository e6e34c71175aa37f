package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.cli.demo.RoleProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scripts in the proxy, each role a process of its own. */
@Timeout(180)
class ScriptsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path SCRUBBER = Path.of("..", "scripts", "scrub-session-cookies.lua");
  private static final int REQUESTS = 200;

  @TempDir
  private Path directory;

  private final String secret = "s3cret-" + UUID.randomUUID();
  private final String harmless = "dark-" + UUID.randomUUID();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<RoleProcess> running = new ArrayList<>();
  private RecordingSite production;
  private RecordingSite target;
  private RoleProcess relay;
  private RoleProcess proxy;
  private Page page;

  @BeforeEach
  void startSites() throws IOException {
    production = new RecordingSite("sid=" + secret + "; Path=/");
    target = new RecordingSite("none=1");
  }

  @AfterEach
  void stop() {
    running.forEach(RoleProcess::close);
    production.close();
    target.close();
  }

  private RoleProcess role(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(name));
    command.addAll(List.of(arguments));
    RoleProcess role =
        RoleProcess.start(Weir.command("-Xmx256m"), directory.resolve(name + ".log"), command);
    running.add(role);
    return role;
  }

  private void start(Path script) throws IOException {
    relay = role(
        "relay",
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
        "--data",
        directory.resolve("relay").toString());
    page = new Page(relay.addresses().get("admin"));
    Path file = Files.writeString(directory.resolve("proxy.yaml"), """
        data: %s
        relay: {url: "http://%s"}
        admin: 127.0.0.1:0
        sources:
          - type: http
            name: front
            listen: 127.0.0.1:0
            to: %s
            buckets: [shop]
            session: cookie:sid
            response: body
            scripts: ["%s"]
        buckets: {shop: {}}
        """.formatted(
            directory.resolve("proxy"),
            relay.addresses().get("listen"),
            production.url(),
            script.toAbsolutePath()));
    proxy = role("proxy", "-c", file.toString());
  }

  private RoleProcess startPlayer() throws IOException {
    return role(
        "player",
        "--relay",
        "http://" + relay.addresses().get("listen"),
        "--bucket",
        "shop",
        "--to",
        target.url(),
        "--data",
        directory.resolve("player").toString());
  }

  /** Customers' requests; each must be answered by production. */
  private void send(int from, int to) throws IOException, InterruptedException {
    for (int i = from; i < to; i++) {
      HttpRequest request = HttpRequest.newBuilder(
              URI.create("http://" + proxy.addresses().get("front") + "/order/" + i))
          .header("Cookie", "theme=" + harmless + "; sid=" + secret)
          .header("X-Number", "n" + i)
          .POST(BodyPublishers.ofString("body of " + i))
          .build();
      assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    }
  }

  private void assertNoSecretOnDisk() throws IOException {
    assertThat(Traces.of(secret, directory)).isEmpty();
  }

  @Test
  void noSessionCookieReachesADiskOrTheTarget() throws Exception {
    start(SCRUBBER);
    for (int i = 0; i < REQUESTS; i += 20) {
      send(i, i + 20);
      assertNoSecretOnDisk();
    }
    await().atMost(PATIENCE).until(() -> page.totals().waiting() == REQUESTS);
    // what is harmless can be found there, so that the secret could
    assertThat(Traces.of(harmless, directory.resolve("proxy"))).isNotEmpty();
    assertThat(Traces.of(harmless, directory.resolve("relay"))).isNotEmpty();
    assertNoSecretOnDisk();

    RoleProcess player = startPlayer();
    await().atMost(PATIENCE).until(() -> target.requests().size() == REQUESTS);
    assertNoSecretOnDisk();
    for (RoleProcess role : List.of(player, proxy, relay)) {
      assertThat(role.stop()).isZero();
    }
    assertNoSecretOnDisk();

    List<String> arrived = target.requests();
    assertThat(production.requests()).hasSize(REQUESTS).allMatch(text -> text.contains(secret));
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(arrived.get(i)) // one session: in order
          .startsWith("/order/" + i + "\n")
          .endsWith("body of " + i)
          .contains("X-number: [n" + i + "]", "Cookie: [theme=" + harmless + "]")
          .doesNotContain(secret);
    }
  }

  @Test
  void aScriptThatFailsCostsCapturesOnlyAndIsMendedWithoutARestart() throws Exception {
    Path script = directory.resolve("scrub.lua");
    Files.writeString(script, "function on_capture(req)\n  req.path = nil .. 'x'\nend");
    start(script);
    send(0, 50);
    await()
        .atMost(PATIENCE)
        .until(() -> Long.valueOf(50).equals(page.totals().lostByReason().get("hook-error")));
    assertThat(page.totals().imbalance()).isZero();
    assertThat(page.totals().captured()).isEqualTo(50);
    assertThat(page.html()).contains("<tr class=\"bad\"><th scope=\"row\">scrub.lua</th>");
    assertThat(proxy.talk().lines().filter(line -> line.contains("scrub.lua:2:")))
        .hasSizeBetween(1, 5);
    assertThat(proxy.talk()).doesNotContain(secret);
    assertNoSecretOnDisk();

    Files.writeString(script, "function on_capture(req) end end");
    Reloading.bySignal(proxy);
    await().atMost(PATIENCE).until(() -> page.html().contains("not reloaded, the old one runs"));

    HttpResponse<String> refused = Reloading.byHttp(proxy);
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("scrub.lua:1:");

    Files.copy(SCRUBBER, script, StandardCopyOption.REPLACE_EXISTING);
    Reloading.bySignal(proxy);
    await().atMost(PATIENCE).until(() -> proxy.talk().contains("scripts reloaded: [scrub.lua]"));
    send(50, 60);
    startPlayer();
    await().atMost(PATIENCE).until(() -> target.requests().size() == 10);
    assertThat(target.requests()).noneMatch(text -> text.contains(secret));
    assertNoSecretOnDisk();
    await().atMost(PATIENCE).until(() -> !page.html().contains("<tr class=\"bad\">"));
    assertThat(page.totals().imbalance()).isZero();
  }

  @Test
  void noProxyStartsWithoutItsScript() throws Exception {
    Path script = Files.writeString(directory.resolve("scrub.lua"), "function on_capture(req");
    List<String> command = Weir.command("-Xmx256m");
    command.addAll(List.of(
        "proxy",
        "--listen",
        "127.0.0.1:0",
        "--to",
        production.url(),
        "--script",
        script.toString(),
        "--data",
        directory.resolve("proxy").toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String talk = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(78);
    assertThat(talk).contains("scrub.lua:1: ").doesNotContain("ready");
    assertThat(directory.resolve("proxy")).doesNotExist();
  }
}
