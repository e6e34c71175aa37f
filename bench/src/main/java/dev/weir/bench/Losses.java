package dev.weir.bench;

import dev.weir.e2e.Page;
import dev.weir.relay.fleet.Totals;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Holds what a side answered against what the relay's ledger says of it. */
final class Losses {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(50);

  private Losses() {}

  /** The ledger once it is as wished, or as it is after half a minute. */
  static Optional<Totals> await(String admin, Predicate<Totals> wish) throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    Optional<Totals> totals = ask(admin);
    while (totals.isPresent() && !wish.test(totals.get()) && System.nanoTime() - until < 0) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      totals = ask(admin);
    }
    return totals;
  }

  /** Empty if the relay does not say. */
  static Optional<Totals> ask(String admin) throws InterruptedException {
    try {
      return Optional.of(new Page(admin).totals());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Every request of every run so far was captured, and nothing was lost. */
  static void report(Report report, Wrk wrk, Side side, String admin) throws InterruptedException {
    long answered = wrk.answered(side);
    Optional<Totals> asked = await(admin, totals -> totals.captured() >= answered);
    String figure = asked
        .map(totals ->
            "captured %,d of %,d, lost %,d".formatted(totals.captured(), answered, totals.lost()))
        .orElse("the relay does not say");
    boolean met = asked
        .filter(totals -> totals.lost() == 0
            && totals.captured() >= answered
            && totals.captured() <= answered + wrk.underWay(side))
        .isPresent();
    report.aim(side.name() + ": nothing lost", "captured = requests, lost 0", figure, met);
  }
}
