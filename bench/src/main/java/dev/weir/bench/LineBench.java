package dev.weir.bench;

import dev.weir.bench.Load.Method;
import dev.weir.cli.demo.RoleProcess;
import dev.weir.relay.fleet.Totals;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The whole line on one machine, from clients to a target: what it sustains. */
final class LineBench implements Section {
  @Override
  public void run(Report report, Effort effort) throws IOException, InterruptedException {
    report.heading("The whole line");
    report.paragraph(
        "Load generator, proxy, production (nginx), relay, player and target (nginx) share this machine's"
            + " processors. The load is as much as production answers: what the line settles meanwhile is what it"
            + " sustains, and the drain is the rest.");
    try (Workbench bench = Workbench.open("line")) {
      Wrk wrk = bench.wrk();
      Sides sides = Sides.on(bench);
      RoleProcess relay = sides.relay();
      Books books = Books.of(relay);
      Side weir = sides.weir(relay);
      Nginx target = bench.add(Nginx.site(sides.folder()));
      RoleProcess player = PlayerBench.player(bench, sides, relay, target, "session");
      List<ProcessHandle> roles =
          List.of(weir.inTheWay().get(0), Workbench.handle(relay), Workbench.handle(player));

      wrk.run(weir, new Load(Method.POST, 64, effort.warmUp()));
      books.await(totals -> ended(totals) >= wrk.answered(weir));
      Cpu.awaitQuiet(roles);

      Load load = new Load(Method.POST, 64, effort.line());
      report.subheading(load.toString());
      Duration cpu = Cpu.of(roles);
      long before = ended(books.now());
      long begun = System.nanoTime();
      Round round = wrk.run(weir, load);
      long during = ended(books.now()) - before;
      double underLoad = secondsSince(begun);
      long all = ended(books.await(totals -> ended(totals) >= wrk.answered(weir))) - before;
      double whole = secondsSince(begun);
      double cpuMicros = Cpu.of(roles).minus(cpu).toNanos() / 1e3;

      report.table(
          List.of("figure", "value"),
          List.of(
              List.of("requests/s that production answered", Report.count(round.perSecond())),
              List.of("settled/s under load", Report.count(during / underLoad)),
              List.of("settled/s, load and drain", Report.count(all / whole)),
              List.of("drain after the load", Report.decimal(whole - underLoad) + " s"),
              List.of(
                  "CPU µs/capture of proxy, relay and player",
                  Report.micros(cpuMicros / Math.max(1, all)))));
      books.judge(report, wrk, weir);
      Totals totals = books.await(now -> now.waiting() == 0 && now.balances());
      report.aim(
          "everything captured is delivered",
          "waiting 0, dead 0",
          "waiting %,d, dead %,d".formatted(totals.waiting(), totals.dead()),
          totals.waiting() == 0 && totals.dead() == 0);
      report.aims();
    }
  }

  /** Captures whose way is over. */
  private static long ended(Totals totals) {
    return totals.delivered() + totals.dead() + totals.filtered() + totals.lost();
  }

  private static double secondsSince(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }
}
