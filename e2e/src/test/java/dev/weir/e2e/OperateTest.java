package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.cli.demo.RoleProcess;
import dev.weir.relay.fleet.Totals;
import dev.weir.wire.DeadPage;
import dev.weir.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An operator at work: captures die at a target that is ill, are looked at, and are redriven once
 * it is well, through a {@code kill -9} of the relay. Each role and each command is a process.
 */
@Timeout(300)
class OperateTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int ILL = 16;

  /** So few at a time that ten attempts in a row never fail, and the circuit stays closed. */
  private static final int DYING = 4;

  @TempDir
  private Path directory;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<RoleProcess> running = new ArrayList<>();

  /** How often the target took each path. */
  private final Map<String, Integer> taken = new ConcurrentHashMap<>();

  private final HttpServer production = site(exchange -> answer(exchange, 200));
  private final HttpServer target = site(this::take);
  private volatile boolean ill = true;
  private int well;

  private static HttpServer site(com.sun.net.httpserver.HttpHandler handler) {
    try {
      HttpServer site =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      site.createContext("/", handler);
      site.start();
      return site;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private void take(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    boolean refused = ill && path.startsWith("/ill/");
    if (!refused) {
      taken.merge(path, 1, Integer::sum);
    }
    answer(exchange, refused ? 500 : 200);
  }

  @AfterEach
  void stop() {
    running.forEach(RoleProcess::close);
    production.stop(0);
    target.stop(0);
  }

  private static String url(HttpServer site) {
    return "http://127.0.0.1:" + site.getAddress().getPort();
  }

  private RoleProcess role(String name, String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".yaml"), yaml);
    RoleProcess role = RoleProcess.start(
        Weir.command("-Xmx256m"),
        directory.resolve(name + ".log"),
        List.of(name, "-c", file.toString()));
    running.add(role);
    return role;
  }

  private static String relay(String listen, String admin) {
    return """
        data: relay
        listen: %s
        admin: %s
        buckets: {shop: {}}
        """.formatted(listen, admin);
  }

  private record Ran(int exit, String out, String err) {}

  private Process weir(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(Weir.command("-Xmx64m"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(directory.resolve("command.out").toFile())
        .redirectError(directory.resolve("command.err").toFile())
        .start();
  }

  private Ran run(String... arguments) throws Exception {
    Process process = weir(arguments);
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return ended(process);
  }

  private Ran ended(Process process) throws IOException {
    return new Ran(
        process.exitValue(),
        Files.readString(directory.resolve("command.out")),
        Files.readString(directory.resolve("command.err")));
  }

  private void post(RoleProcess proxy, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://" + proxy.addresses().get("front") + path))
        .POST(BodyPublishers.ofString("body of " + path))
        .build();
    assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
  }

  private long takenIll() {
    return taken.keySet().stream().filter(path -> path.startsWith("/ill/")).count();
  }

  @Test
  void redrivesWhatDiedOnceTheTargetIsWellThroughAKillOfTheRelay() throws Exception {
    RoleProcess relay = role("relay", relay("127.0.0.1:0", "127.0.0.1:0"));
    String listen = String.valueOf(relay.addresses().get("listen"));
    String admin = String.valueOf(relay.addresses().get("admin"));
    String at = "http://" + admin;
    RoleProcess proxy = role("proxy", """
        data: proxy
        relay: {url: "http://%s"}
        sources:
          - {type: http, name: front, listen: "127.0.0.1:0", to: "%s", buckets: [shop]}
        buckets: {shop: {}}
        """.formatted(listen, url(production)));
    role("player", """
        data: player
        relay: {url: "http://%s"}
        replays:
          - bucket: shop
            order: none
            retry: {max-attempts: 2, max-age: 1h, min-delay: 10ms, max-delay: 50ms}
            target: {type: http, to: "%s", allow-unsafe-methods: true}
        """.formatted(listen, url(target)));
    Page page = new Page(admin);
    for (int i = 0; i < ILL; i += DYING) {
      for (int k = 0; k < DYING; k++) {
        post(proxy, "/ill/" + (i + k));
      }
      int dead = i + DYING;
      await().atMost(PATIENCE).until(() -> page.totals().dead() == dead);
      post(proxy, "/well/" + well++);
      await().atMost(PATIENCE).until(() -> taken.size() == well);
    }
    assertThat(page.html()).contains("Dead");

    Ran list = run("dead", "ls", "--bucket", "shop", "--admin", at, "--status", "5xx", "--json");
    assertThat(list.exit()).as(list.err()).isZero();
    List<String> lines = list.out().lines().toList();
    assertThat(lines).hasSize(ILL).allMatch(line -> line.contains("/ill/"));
    DeadPage.Dead first =
        Json.read(lines.get(0).getBytes(StandardCharsets.UTF_8), DeadPage.Dead.class);
    assertThat(first.attempts()).isEqualTo(2);
    Ran shown =
        run("dead", "show", "--bucket", "shop", "--admin", at, Long.toString(first.number()));
    assertThat(shown.out()).contains("body of /ill/").contains("\"status\" : 500");

    ill = false;
    Ran dry = run("dead", "redrive", "--bucket", "shop", "--admin", at, "--path", "/ill/*");
    assertThat(dry.exit()).isZero();
    assertThat(dry.err()).contains(ILL + " dead captures").contains("add --yes");
    assertThat(takenIll()).as("nothing is changed").isZero();

    String[] redrive = {
      "dead", "redrive", "--bucket", "shop", "--admin", at, "--rate", "8/s", "--yes"
    };
    Process cutOff = weir(redrive);
    await().atMost(PATIENCE).until(() -> takenIll() >= 4);
    relay.kill();
    assertThat(cutOff.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(ended(cutOff).exit()).as(ended(cutOff).err()).isEqualTo(69);
    assertThat(ended(cutOff).err()).contains("run it again for the rest");
    role("relay", relay(listen, admin));
    assertThat(page.totals().imbalance()).isZero();
    Ran rest = run("dead", "redrive", "--bucket", "shop", "--admin", at, "--yes", "--json");
    assertThat(rest.exit()).as(rest.err()).isZero();
    assertThat(rest.out()).contains("\"dryRun\":false");

    await()
        .atMost(PATIENCE)
        .until(() -> page.totals().dead() == 0
            && page.totals().waiting() == 0
            && page.totals().balances());
    Totals totals = page.totals();
    assertThat(totals.lost()).isZero();
    assertThat(totals.delivered()).isEqualTo(ILL + well).isEqualTo(totals.captured());
    assertThat(takenIll()).isEqualTo(ILL);
    assertThat(taken).hasSize(ILL + well);
  }
}
