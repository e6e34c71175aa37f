package dev.weir.bench;

import dev.weir.bench.Load.Method;
import dev.weir.cli.demo.RoleProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What production notices of a relay that is dead or slow, and of a mirror that is. */
final class OutageBench implements Section {
  private static final Duration SLOW = Duration.ofSeconds(2);
  private static final double OF_HEALTHY = 0.95;

  @Override
  public void run(Report report, Effort effort) throws IOException, InterruptedException {
    report.heading("Outages");
    report.paragraph(
        "Dead: nobody listens there. Slow: every request is held for 2 s before it goes on to a healthy"
            + " relay, or to the mirror's receiver.");
    try (Workbench bench = Workbench.open("outage")) {
      Wrk wrk = bench.wrk();
      Sides sides = Sides.on(bench);
      Nginx sink = sides.sink();
      SlowFront slowSink = bench.add(SlowFront.before(sink.address(), SLOW));
      RoleProcess relay = sides.relay();
      RoleProcess patient = sides.relay();
      SlowFront slowRelay = bench.add(SlowFront.before(Workbench.address(patient, "listen"), SLOW));

      Side healthy = sides.weir(relay);
      Side dead = sides.weir("Weir, relay dead", Nginx.freeAddress(), List.of(), List.of());
      Side slow = sides.weir(
          "Weir, relay slow", slowRelay.address(), List.of(Workbench.handle(patient)), List.of());
      Side mirror = sides.nginxMirror(sink);
      Side mirrorDead = sides.nginxMirror("nginx, mirror dead", Nginx.freeAddress(), List.of());
      Side mirrorSlow = sides.nginxMirror("nginx, mirror slow", slowSink.address(), List.of());
      List<Side> weirs = List.of(healthy, dead, slow);
      MemoryWatch memory = new MemoryWatch(weirs);

      memory.look("at the start");
      Rounds.alternate(wrk, weirs, new Load(Method.POST, 64, effort.warmUp()), 1);
      memory.look("after the warm-up");
      Load load = new Load(Method.POST, 64, effort.round());
      report.subheading(load.toString());
      Rounds rounds = Rounds.alternate(
          wrk, List.of(healthy, dead, slow, mirror, mirrorDead, mirrorSlow), load, effort.rounds());
      rounds.print(report);
      report.atLeast(
          "requests/s with a dead relay, of a healthy one",
          OF_HEALTHY,
          rounds.ratio(dead, healthy));
      report.atLeast(
          "requests/s with a slow relay, of a healthy one",
          OF_HEALTHY,
          rounds.ratio(slow, healthy));
      memory.look("at the end");
      Books.of(relay).judge(report, wrk, healthy);
      Books.of(patient).judge(report, wrk, slow);
      report.aims();
      report.paragraph("nginx with mirror, of a healthy one: dead "
          + Report.ratio(rounds.ratio(mirrorDead, mirror)) + ", slow "
          + Report.ratio(rounds.ratio(mirrorSlow, mirror)) + ".");
      memory.print(report);
    }
  }
}
