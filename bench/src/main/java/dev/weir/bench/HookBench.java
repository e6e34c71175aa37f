package dev.weir.bench;

import dev.weir.bench.Load.Method;
import dev.weir.cli.demo.RoleProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a Lua hook that scrubs every capture costs production. */
final class HookBench implements Section {
  private static final double OF_PLAIN = 0.95;
  private static final Path SCRIPT =
      Path.of("scripts", "scrub-session-cookies.lua").toAbsolutePath();

  @Override
  public void run(Report report, Effort effort) throws IOException, InterruptedException {
    report.heading("Hooks");
    report.paragraph(
        "The same proxy without a hook, and with scripts/scrub-session-cookies.lua on each capture.");
    try (Workbench bench = Workbench.open("hooks")) {
      Wrk wrk = bench.wrk();
      Sides sides = Sides.on(bench);
      Side plain = sides.weir(sides.relay());
      RoleProcess relay = sides.relay();
      Side hooked = sides.weir(
          "Weir with capture and a hook",
          Workbench.address(relay, "listen"),
          List.of(Workbench.handle(relay)),
          List.of(SCRIPT));
      List<Side> both = List.of(plain, hooked);
      Rounds.alternate(wrk, both, new Load(Method.POST, 64, effort.warmUp()), 1);
      Load load = new Load(Method.POST, 64, effort.round());
      report.subheading(load.toString());
      Rounds rounds = Rounds.alternate(wrk, both, load, effort.rounds());
      rounds.print(report);
      report.atLeast(
          load + ": requests/s with the hook, of without", OF_PLAIN, rounds.ratio(hooked, plain));
      Books.of(relay).judge(report, wrk, hooked);
      report.aims();
    }
  }
}
