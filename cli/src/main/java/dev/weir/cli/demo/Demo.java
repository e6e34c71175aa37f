package dev.weir.cli.demo;

import dev.weir.cli.signal.Signals;
import dev.weir.relay.fleet.Totals;
import dev.weir.wire.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The whole line on one machine: a shop with customers, a proxy before it, a relay, a player and a
 * staging site. The roles are processes of their own and talk over real sockets, as they would on
 * three machines.
 *
 * <pre>
 *  customers ─▶ proxy ─▶ shop            player ─▶ staging
 *                 └────────▶ relay ────────┘
 * </pre>
 */
public final class Demo {
  private static final String BUCKET = "shop";
  private static final Duration SETTLE = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Options options;
  private final PrintStream out;
  private final PrintStream talk;
  private final HttpClient client = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(TIMEOUT)
      .build();

  /**
   * What the command line says.
   *
   * @param weir the command that starts Weir
   * @param duration when to end by itself, or null: when told to
   * @param json whether the summary is one line of JSON
   * @param perSecond how many requests the customers make
   * @param directory where the roles keep their data and their logs
   */
  public record Options(
      List<String> weir,
      @Nullable Duration duration,
      boolean json,
      int perSecond,
      Path directory) {}

  public Demo(Options options, PrintStream out, PrintStream talk) {
    this.options = options;
    this.out = out;
    this.talk = talk;
  }

  /**
   * Runs until the duration is over or a signal comes.
   *
   * @return whether the ledger balances, and agrees with what the customers asked and staging saw
   * @throws IOException if a part of the line did not start; the message has what it said
   */
  public boolean run(Signals signals) throws IOException, InterruptedException {
    Files.createDirectories(options.directory());
    try (DemoSite shop = new DemoSite("shop", port(3000));
        DemoSite staging = new DemoSite("staging", port(4000));
        RoleProcess relay = role("relay", "--listen", at(7070), "--admin", at(7071));
        RoleProcess player = role(
            "player", "--relay", url(relay, "listen"), "--bucket", BUCKET, "--to", staging.url());
        RoleProcess proxy = role(
            "proxy",
            "--listen",
            at(8080),
            "--to",
            shop.url(),
            "--relay",
            url(relay, "listen"),
            "--bucket",
            BUCKET);
        DemoTraffic traffic = new DemoTraffic(url(proxy, "listen"), options.perSecond())) {
      welcome(url(proxy, "listen"), staging.url(), url(relay, "admin"));
      traffic.start();
      Duration duration = options.duration();
      if (duration == null) {
        signals.await();
      } else {
        signals.await(duration);
      }
      traffic.stop();
      proxy.stop();
      Totals totals = settled(URI.create(url(relay, "admin") + "/v1/stats"));
      player.stop();
      relay.stop();
      boolean sound = totals.balances()
          && totals.captured() >= traffic.answered()
          && staging.requests() >= totals.delivered();
      summarize(totals, shop, staging, traffic, sound);
      return sound;
    }
  }

  private RoleProcess role(String role, String... flags) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(role));
    arguments.addAll(List.of(flags));
    arguments.addAll(List.of("--data", options.directory().resolve(role).toString()));
    return RoleProcess.start(options.weir(), options.directory().resolve(role + ".log"), arguments);
  }

  private static String url(RoleProcess role, String purpose) {
    return "http://" + role.addresses().get(purpose);
  }

  private static String at(int preferred) throws IOException {
    return "127.0.0.1:" + port(preferred);
  }

  /** The preferred port, or 0 where somebody has it: a demo is no reason to stop anything. */
  private static int port(int preferred) throws IOException {
    try (ServerSocket probe = new ServerSocket(preferred, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (java.net.BindException taken) {
      return 0;
    }
  }

  private void welcome(String shop, String staging, String page) {
    talk.println("weir demo: customers are in the shop"
        + (options.duration() == null ? "; Ctrl-C ends it" : ""));
    talk.println("  the shop, through the proxy   " + shop + "/");
    talk.println("  what staging has seen         " + staging + "/recent");
    talk.println("  the relay's page              " + page + "/");
    talk.println("  try                           curl '" + shop + "/products/teapot?from=me'");
    talk.println("  data and logs                 " + options.directory());
  }

  /** The totals once nothing waits any more, or as they are when patience ends. */
  private Totals settled(URI stats) throws IOException, InterruptedException {
    long until = System.nanoTime() + SETTLE.toNanos();
    Totals totals = totals(stats);
    while ((totals.waiting() > 0 || !totals.balances()) && System.nanoTime() - until < 0) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      totals = totals(stats);
    }
    return totals;
  }

  private Totals totals(URI stats) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(stats).timeout(TIMEOUT).build();
    return Json.read(client.send(request, BodyHandlers.ofByteArray()).body(), Totals.class);
  }

  private void summarize(
      Totals totals, DemoSite shop, DemoSite staging, DemoTraffic traffic, boolean sound) {
    Map<String, Long> summary = new LinkedHashMap<>();
    summary.put("captured", totals.captured());
    summary.put("filtered", totals.filtered());
    summary.put("delivered", totals.delivered());
    summary.put("waiting", totals.waiting());
    summary.put("dead", totals.dead());
    summary.put("lost", totals.lost());
    summary.put("imbalance", totals.imbalance());
    summary.put("asked", traffic.answered());
    summary.put("served", shop.requests());
    summary.put("arrived", staging.requests());
    summary.put("failed", traffic.failed());
    if (options.json()) {
      out.println(Json.text(summary));
      return;
    }
    summary.forEach((name, count) -> out.printf("  %-10s %,8d%n", name, count));
    out.println(sound ? "the ledger balances" : "THE LEDGER DOES NOT BALANCE");
  }
}
