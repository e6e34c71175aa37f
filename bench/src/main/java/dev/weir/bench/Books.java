package dev.weir.bench;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.e2e.Page;
import dev.weir.relay.fleet.Totals;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The ledger of a relay, held against what a side answered. */
final class Books {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(50);

  private final Page page;

  private Books(Page page) {
    this.page = page;
  }

  static Books of(RoleProcess relay) {
    return new Books(new Page(Workbench.address(relay, "admin")));
  }

  Totals now() throws IOException, InterruptedException {
    return page.totals();
  }

  /** The totals once they are as wished, or as they are after a minute. */
  Totals await(Predicate<Totals> wish) throws IOException, InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    Totals totals = now();
    while (!wish.test(totals) && System.nanoTime() - until < 0) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      totals = now();
    }
    return totals;
  }

  /** Every request of every run so far was captured, and nothing was lost. */
  void judge(Report report, Wrk wrk, Side side) throws IOException, InterruptedException {
    long answered = wrk.answered(side);
    Totals totals = await(now -> now.captured() >= answered && now.balances());
    report.aim(
        side.name() + ": nothing lost",
        "captured = requests, lost 0",
        "captured %,d of %,d, lost %,d %s"
            .formatted(totals.captured(), answered, totals.lost(), totals.lostByReason()),
        totals.lost() == 0
            && totals.captured() >= answered
            && totals.captured() <= answered + wrk.underWay(side));
  }
}
