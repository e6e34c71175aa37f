package dev.weir.bench;

import dev.weir.bench.Load.Method;
import dev.weir.cli.demo.RoleProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What it costs production to have a proxy in front, and what capturing adds. */
final class ProxyBench implements Section {
  private static final double OF_BARE = 0.95;
  private static final double OF_MIRROR = 1;
  private static final double P99_OF_NGINX = 2;
  private static final double GROWTH = 1.1;

  @Override
  public void run(Report report, Effort effort) throws IOException, InterruptedException {
    report.heading("Proxy");
    report.paragraph(
        "In front of one nginx that answers with 1 KB: nginx, nginx with mirror to a third nginx that"
            + " answers at once, Weir's reverse proxy alone (nobody looks at what passes), and Weir with capture on disk and"
            + " shipping to a relay on this machine. CPU behind is that of the mirror's receiver and of the relay.");
    try (Workbench bench = Workbench.open("proxy")) {
      Wrk wrk = bench.wrk();
      Sides sides = Sides.on(bench);
      RoleProcess relay = sides.relay();
      Side nginx = sides.nginx();
      Side mirror = sides.nginxMirror(sides.sink());
      Side bare = sides.weirWithoutCapture();
      Side weir = sides.weir(relay);
      List<Side> all = List.of(sides.direct(), nginx, mirror, bare, weir);
      MemoryWatch memory = new MemoryWatch(List.of(bare, weir));

      memory.look("at the start");
      for (Method method : Method.values()) {
        Rounds.alternate(wrk, all, new Load(method, 64, effort.warmUp()), 1);
      }
      memory.look("after the warm-up");
      for (Load load : loads(effort)) {
        report.subheading(load.toString());
        Rounds rounds = Rounds.alternate(wrk, all, load, effort.rounds());
        rounds.print(report);
        report.atLeast(
            load + ": requests/s with capture, of without", OF_BARE, rounds.ratio(weir, bare));
        report.atLeast(
            load + ": requests/s with capture, of nginx with mirror",
            OF_MIRROR,
            rounds.ratio(weir, mirror));
        if (load.connections() == 1) {
          report.atMost(
              load + ": p99 with capture, of nginx",
              P99_OF_NGINX,
              rounds.median(weir, Round::p99Micros) / rounds.median(nginx, Round::p99Micros));
        }
        report.aims();
        if (load.connections() == 1) {
          besideANeighbour(report, wrk, nginx, load, effort);
        }
        memory.look("after " + load);
      }
      Books.of(relay).judge(report, wrk, weir);
      report.aims();
      memory.print(report);
      memory.judge(report, weir, GROWTH);
      report.aims();
    }
  }

  /** Capturing goes on in the background: what does just that cost, without Weir? */
  private static void besideANeighbour(Report report, Wrk wrk, Side nginx, Load load, Effort effort)
      throws IOException, InterruptedException {
    report.paragraph("For comparison, nginx while a thread of another process is busy for "
        + Neighbour.BUSY.toMillis() + " ms in " + Neighbour.EVERY.toMillis() + ":");
    Side beside =
        new Side("nginx beside a neighbour", nginx.address(), nginx.inTheWay(), List.of());
    Neighbour neighbour = Neighbour.start();
    try {
      Rounds.alternate(wrk, List.of(beside), load, effort.rounds()).print(report);
    } finally {
      neighbour.stop();
    }
  }

  private static List<Load> loads(Effort effort) {
    List<Load> loads = new ArrayList<>();
    for (Method method : Method.values()) {
      loads.add(new Load(method, 1, effort.round()));
      loads.add(new Load(method, 64, effort.round()));
    }
    return loads;
  }
}
