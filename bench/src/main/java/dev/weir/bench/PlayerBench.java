package dev.weir.bench;

import dev.weir.bench.Load.Method;
import dev.weir.cli.demo.RoleProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast a backlog is replayed, against the player's own HTTP client without anything around it
 * and against wrk. Player and client are started anew for each round: both compile as they go.
 */
final class PlayerBench implements Section {
  private static final int AT_ONCE = 64;
  private static final Pattern DELIVERED = Pattern.compile("delivered (\\d+) nanos (\\d+)");

  @Override
  public void run(Report report, Effort effort) throws IOException, InterruptedException {
    report.heading("Player");
    report.paragraph(
        "A backlog of " + Report.count(effort.backlog())
            + " 1 KB POSTs is replayed to an nginx that answers at once, 64 at a time; medians of alternating rounds.");
    try (Workbench bench = Workbench.open("player")) {
      Wrk wrk = bench.wrk();
      Sides sides = Sides.on(bench);
      RoleProcess relay = sides.relay();
      Side weir = sides.weir(relay);
      Nginx target = bench.add(Nginx.site(bench.folder("target")));
      Side site = new Side("target", target.address(), List.of(), List.of());

      List<Double> unordered = new ArrayList<>();
      List<Double> bySession = new ArrayList<>();
      List<Double> bare = new ArrayList<>();
      List<Double> load = new ArrayList<>();
      for (int i = 0; i < Math.max(1, effort.rounds() / 2); i++) {
        fill(wrk, weir, effort);
        replay(bench, sides, relay, target, "none", unordered);
        fill(wrk, weir, effort);
        replay(bench, sides, relay, target, "session", bySession);
        bare.add(bareClient(target, effort.backlog()));
        load.add(wrk.run(site, new Load(Method.POST, AT_ONCE, effort.round())).perSecond());
      }
      report.table(
          List.of("side", "delivered/s", "of the bare client"),
          List.of(
              row("player, order: none", unordered, bare),
              row("player, order: session", bySession, bare),
              row("the bare client", bare, bare),
              row("wrk", load, bare)));
    }
  }

  private static void fill(Wrk wrk, Side weir, Effort effort)
      throws IOException, InterruptedException {
    long until = wrk.answered(weir) + effort.backlog();
    while (wrk.answered(weir) < until) {
      wrk.run(weir, new Load(Method.POST, AT_ONCE, effort.round()));
    }
    List<ProcessHandle> all = new ArrayList<>(weir.inTheWay());
    all.addAll(weir.behind());
    Cpu.awaitQuiet(all);
  }

  private static void replay(
      Workbench bench,
      Sides sides,
      RoleProcess relay,
      Nginx target,
      String order,
      List<Double> rates)
      throws IOException, InterruptedException {
    Books books = Books.of(relay);
    long before = books.now().delivered();
    RoleProcess player = player(bench, sides, relay, target, order);
    long begun = System.nanoTime();
    long delivered = books.await(totals -> totals.waiting() == 0).delivered() - before;
    rates.add(delivered * 1e9 / (System.nanoTime() - begun));
    player.stop();
  }

  static RoleProcess player(
      Workbench bench, Sides sides, RoleProcess relay, Nginx target, String order)
      throws IOException {
    return bench.role("player", """
        name: bench
        data: %s
        relay: {url: "http://%s"}
        replays:
          - bucket: %s
            order: %s
            concurrency: %d
            target: {type: http, to: "http://%s"}
        """.formatted(
            sides.folder(),
            Workbench.address(relay, "listen"),
            Sides.BUCKET,
            order,
            AT_ONCE,
            target.address()));
  }

  private static double bareClient(Nginx target, int count)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(Workbench.java(BareClient.class));
    command.addAll(
        List.of("http://" + target.address(), Integer.toString(count), Integer.toString(AT_ONCE)));
    String said = Commands.output(command);
    Matcher figures = DELIVERED.matcher(said);
    if (!figures.find()) {
      throw new IOException("the bare client gave no figures: " + said);
    }
    return Long.parseLong(figures.group(1)) * 1e9 / Long.parseLong(figures.group(2));
  }

  private static List<String> row(String name, List<Double> rates, List<Double> bare) {
    double rate = Rounds.median(rates.stream().mapToDouble(Double::doubleValue));
    double client = Rounds.median(bare.stream().mapToDouble(Double::doubleValue));
    return List.of(name, Report.count(rate), Report.ratio(rate / client));
  }
}
