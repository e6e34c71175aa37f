package dev.weir.e2e;

import dev.weir.e2e.NumberedSite.Repeat;
import dev.weir.relay.fleet.Totals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Holds what went in against what came out and what the ledger says of it.
 *
 * @param sent numbers that a customer began to send
 * @param answered numbers that production answered
 * @param missing answered numbers that never came to the target
 * @param arrived different numbers that came to the target
 * @param repeats numbers that came again, with when
 * @param totals the relay's ledger once nothing waited any more
 * @param faults what must never happen
 */
public record Verdict(
    long sent,
    long answered,
    long missing,
    long arrived,
    List<Repeat> repeats,
    Totals totals,
    List<String> faults) {

  /** Judges a line that has come to rest; the traffic is over. */
  public static Verdict of(Line line, Traffic traffic) throws IOException, InterruptedException {
    BitSet answered = traffic.answered();
    long missing =
        answered.stream().filter(number -> !line.target().saw(number)).count();
    Totals totals = line.totals();
    long arrived = line.target().distinct();
    List<String> faults = new ArrayList<>(line.target().faults());
    faults.addAll(line.production().faults());
    if (!totals.balances()) {
      faults.add("the ledger does not balance: " + totals);
    }
    if (totals.waiting() > 0) {
      faults.add(totals.waiting() + " captures still wait");
    }
    if (missing > totals.lost() + totals.dead() + totals.filtered()) {
      faults.add(missing + " answered requests never arrived, and the ledger says why for "
          + (totals.lost() + totals.dead() + totals.filtered()) + " only");
    }
    if (arrived < totals.delivered()) {
      faults.add(totals.delivered() + " are booked as delivered, and " + arrived + " arrived");
    }
    if (totals.captured() > traffic.sent()) {
      faults.add(
          totals.captured() + " are booked as captured, and " + traffic.sent() + " were sent");
    }
    return new Verdict(
        traffic.sent(),
        answered.cardinality(),
        missing,
        arrived,
        line.target().repeats(),
        totals,
        faults);
  }

  @Override
  public String toString() {
    return "sent " + sent + ", answered " + answered + ", arrived " + arrived + ", missing "
        + missing + ", again " + repeats.size() + ", " + totals;
  }
}
