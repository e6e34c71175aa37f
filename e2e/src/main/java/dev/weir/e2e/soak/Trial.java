package dev.weir.e2e.soak;

import dev.weir.e2e.Books;
import dev.weir.e2e.Line;
import dev.weir.e2e.Traffic;
import dev.weir.e2e.fault.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A scenario played on a line, from rest to rest: traffic begins, faults strike one after another,
 * traffic ends, and what is under way must arrive by itself. One thread's own.
 */
public final class Trial {
  private static final int RUN_IN = 50;

  private final Line line;
  private final Scenario scenario;
  private final Effort effort;
  private final SplittableRandom random;
  private final List<Strike> strikes = new ArrayList<>();

  private Trial(Line line, Scenario scenario, Effort effort) {
    this.line = line;
    this.scenario = scenario;
    this.effort = effort;
    this.random = new SplittableRandom(effort.seed());
  }

  /**
   * Plays it, and judges.
   *
   * @throws IllegalStateException if a fault could not be made to happen
   */
  public static Verdict run(Line line, Scenario scenario, Effort effort)
      throws IOException, InterruptedException {
    return new Trial(line, scenario, effort).run();
  }

  private Verdict run() throws IOException, InterruptedException {
    Books before = line.books();
    Traffic traffic = line.traffic(scenario.load());
    try (traffic) {
      traffic.start();
      strike(traffic);
      awaitAnswers(traffic, RUN_IN); // what comes after the last fault must arrive like the rest
    }
    return Verdict.atRest(line, before, traffic, strikes);
  }

  private void strike(Traffic traffic) throws IOException, InterruptedException {
    List<Fault> faults = scenario.faults().get();
    long end = System.nanoTime() + effort.atLeast().toNanos();
    for (int round = 0; round < effort.rounds() || System.nanoTime() - end < 0; round++) {
      for (Fault fault : faults) {
        awaitAnswers(traffic, RUN_IN + random.nextInt(4 * RUN_IN));
        strikes.add(strike(fault, traffic));
      }
    }
  }

  private Strike strike(Fault fault, Traffic traffic) throws IOException, InterruptedException {
    long inFlight = traffic.answers() - line.target().distinct();
    long from = System.nanoTime();
    try {
      fault.begin(line);
      if (!Await.until(() -> fault.hasHappened(line), Await.PATIENCE)) {
        throw new IllegalStateException(
            "\"" + fault.name() + "\" did not happen within " + Await.PATIENCE);
      }
      Await.pass(Duration.ofNanos(random.nextLong(effort.hold().toNanos() + 1)));
    } finally {
      fault.end(line);
    }
    return new Strike(fault.name(), fault.cost(), from, System.nanoTime(), inFlight);
  }

  private static void awaitAnswers(Traffic traffic, long more)
      throws IOException, InterruptedException {
    long wanted = traffic.answers() + more;
    if (!Await.until(() -> traffic.answers() >= wanted, Await.PATIENCE)) {
      throw new IllegalStateException("production gave no " + more + " answers within "
          + Await.PATIENCE + ", and nothing is wrong with it");
    }
  }
}
