package dev.weir.bench;

import dev.weir.bench.Load.Method;
import dev.weir.cli.demo.RoleProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast a backlog is replayed, against the player's own HTTP client without anything around it
 * and against wrk. Player and client are started anew for each round: both compile as they go.
 */
final class PlayerBench implements Section {
  private static final int AT_ONCE = 64;
  private static final double MOST_CPU = 3;
  private static final Pattern DELIVERED =
      Pattern.compile("delivered (\\d+) nanos (\\d+) cpu (\\d+)");

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

      List<Run> unordered = new ArrayList<>();
      List<Run> bySession = new ArrayList<>();
      List<Run> bare = new ArrayList<>();
      List<Double> load = new ArrayList<>();
      for (int i = 0; i < Math.max(1, effort.rounds() / 2); i++) {
        fill(wrk, weir, effort);
        unordered.add(replay(bench, sides, relay, target, "none"));
        fill(wrk, weir, effort);
        bySession.add(replay(bench, sides, relay, target, "session"));
        bare.add(bareClient(target, effort.backlog()));
        load.add(wrk.run(site, new Load(Method.POST, AT_ONCE, effort.round())).perSecond());
      }
      report.table(
          List.of(
              "side", "delivered/s", "of the bare client", "CPU µs/request", "of the bare client"),
          List.of(
              row("player, order: none", unordered, bare),
              row("player, order: session", bySession, bare),
              row("the bare client", bare, bare),
              List.of("wrk", Report.count(median(load)), "–", "–", "–")));
      double cpu = median(bare, Run::cpuMicros);
      report.atMost(
          "player, order: none: CPU, of the bare client",
          MOST_CPU,
          median(unordered, Run::cpuMicros) / cpu);
      report.atMost(
          "player, order: session: CPU, of the bare client",
          MOST_CPU,
          median(bySession, Run::cpuMicros) / cpu);
      report.aims();
    }
  }

  /**
   * One backlog.
   *
   * @param cpuMicros for each request, by the process from its start on
   */
  private record Run(double perSecond, double cpuMicros) {
    static Run of(long delivered, long nanos, long cpuNanos) {
      return new Run(delivered * 1e9 / nanos, cpuNanos / 1e3 / Math.max(1, delivered));
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

  private static Run replay(
      Workbench bench, Sides sides, RoleProcess relay, Nginx target, String order)
      throws IOException, InterruptedException {
    Books books = Books.of(relay);
    long before = books.now().delivered();
    RoleProcess player = player(bench, sides, relay, target, order);
    long begun = System.nanoTime();
    long delivered = books.await(totals -> totals.waiting() == 0).delivered() - before;
    long took = System.nanoTime() - begun;
    Run run = Run.of(delivered, took, Cpu.of(List.of(Workbench.handle(player))).toNanos());
    player.stop();
    return run;
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

  private static Run bareClient(Nginx target, int count) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(Workbench.java(BareClient.class));
    command.addAll(
        List.of("http://" + target.address(), Integer.toString(count), Integer.toString(AT_ONCE)));
    String said = Commands.output(command);
    Matcher figures = DELIVERED.matcher(said);
    if (!figures.find()) {
      throw new IOException("the bare client gave no figures: " + said);
    }
    return Run.of(
        Long.parseLong(figures.group(1)),
        Long.parseLong(figures.group(2)),
        Long.parseLong(figures.group(3)));
  }

  private static List<String> row(String name, List<Run> runs, List<Run> bare) {
    double rate = median(runs, Run::perSecond);
    double cpu = median(runs, Run::cpuMicros);
    return List.of(
        name,
        Report.count(rate),
        Report.ratio(rate / median(bare, Run::perSecond)),
        Report.micros(cpu),
        Report.ratio(cpu / median(bare, Run::cpuMicros)));
  }

  private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
    return Rounds.median(runs.stream().mapToDouble(figure));
  }

  private static double median(List<Double> figures) {
    return Rounds.median(figures.stream().mapToDouble(Double::doubleValue));
  }
}
