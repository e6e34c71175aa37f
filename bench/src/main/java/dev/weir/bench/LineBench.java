package dev.weir.bench;

import dev.weir.bench.Load.Method;
import dev.weir.cli.demo.RoleProcess;
import dev.weir.relay.fleet.Totals;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The whole line on one machine, from clients to a target: what it sustains. */
final class LineBench implements Section {
  @Override
  public void run(Report report, Effort effort) throws IOException, InterruptedException {
    report.heading("The whole line");
    report.paragraph(
        "Load generator, proxy, production (nginx), relay, player and target (nginx) share this machine's"
            + " processors. The load is as much as production answers, so the line falls behind; what it settles meanwhile is"
            + " what it sustains, and the drain is the rest.");
    try (Workbench bench = Workbench.open("line")) {
      Wrk wrk = bench.wrk();
      Sides sides = Sides.on(bench);
      RoleProcess relay = sides.relay();
      String admin = Workbench.address(relay, "admin");
      Side weir = sides.weir(relay);
      Nginx target = bench.add(Nginx.site(bench.folder("target")));
      RoleProcess player = PlayerBench.player(bench, sides, relay, target, "session");

      wrk.run(weir, new Load(Method.POST, 64, effort.warmUp()));
      Optional<Totals> before = settled(wrk, weir, admin);
      List<ProcessHandle> roles =
          List.of(weir.inTheWay().get(0), Workbench.handle(relay), Workbench.handle(player));
      Load load = new Load(Method.POST, 64, effort.line());
      report.subheading(load.toString());
      Duration cpu = Cpu.of(roles);
      long begun = System.nanoTime();
      Round round = wrk.run(weir, load);
      Optional<Totals> during = Losses.ask(admin);
      double underLoad = (System.nanoTime() - begun) / 1e9;
      Optional<Totals> after = settled(wrk, weir, admin);
      double whole = (System.nanoTime() - begun) / 1e9;

      double requests = round.requests();
      report.table(
          List.of("figure", "value"),
          List.of(
              List.of("requests/s that production answered", Report.count(round.perSecond())),
              List.of("settled/s under load", rate(before, during, underLoad)),
              List.of("settled/s, load and drain", rate(before, after, whole)),
              List.of("drain after the load", Report.decimal(whole - underLoad) + " s"),
              List.of(
                  "CPU µs/capture of proxy, relay and player",
                  Report.micros(Cpu.of(roles).minus(cpu).toNanos() / 1e3 / requests))));
      Losses.report(report, wrk, weir, admin);
      report.aim(
          "everything captured is settled",
          "waiting 0",
          after.map(totals -> "waiting " + totals.waiting()).orElse("the relay does not say"),
          after.filter(totals -> totals.waiting() == 0).isPresent());
      report.aims();
    }
  }

  private static Optional<Totals> settled(Wrk wrk, Side weir, String admin)
      throws InterruptedException {
    long answered = wrk.answered(weir);
    return Losses.await(
        admin,
        totals -> totals.captured() >= answered && totals.waiting() == 0 && totals.balances());
  }

  private static String rate(Optional<Totals> from, Optional<Totals> to, double seconds) {
    return from.flatMap(
            first -> to.map(last -> Report.count((last.delivered() - first.delivered()) / seconds)))
        .orElse("the relay does not say");
  }
}
