package dev.weir.e2e.soak;

import dev.weir.e2e.Books;
import dev.weir.e2e.Line;
import dev.weir.e2e.NumberedSite;
import dev.weir.e2e.NumberedSite.Repeat;
import dev.weir.e2e.Traffic;
import dev.weir.e2e.fault.Cost;
import dev.weir.ledger.LossReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Holds what went in against what came out, what all pages say of it, and what the faults may have
 * cost.
 *
 * @param sent numbers that a customer began to send
 * @param answered numbers that production answered
 * @param missing answered numbers that never came to the target
 * @param arrived different numbers that came to the target
 * @param repeats how often a number came again
 * @param imbalance what all equations are off by
 * @param strikes the faults that happened
 * @param defects what must never happen
 */
public record Verdict(
    long sent,
    long answered,
    long missing,
    long arrived,
    long repeats,
    long captured,
    long delivered,
    long dead,
    SortedMap<String, Long> lost,
    long imbalance,
    List<Strike> strikes,
    List<String> defects) {

  /**
   * Waits until nothing is under way any more, and judges; where that does not come, it is a
   * defect.
   *
   * @param before what the pages said before the traffic
   * @param traffic is over
   * @param strikes the faults that happened
   */
  public static Verdict atRest(Line line, Books before, Traffic traffic, List<Strike> strikes)
      throws IOException, InterruptedException {
    Await.until(
        () -> {
          Books books = line.books();
          return books.isAtRest() && books.captured() - before.captured() >= traffic.answers();
        },
        Await.PATIENCE);
    return of(line.production(), line.target(), before, line.books(), traffic, strikes);
  }

  static Verdict of(
      NumberedSite production,
      NumberedSite target,
      Books before,
      Books after,
      Traffic traffic,
      List<Strike> strikes) {
    SortedMap<String, Long> lost = new TreeMap<>(after.relay().lostByReason());
    before.relay().lostByReason().forEach((reason, count) -> lost.merge(reason, -count, Long::sum));
    lost.values().removeIf(count -> count == 0);
    Verdict verdict = new Verdict(
        traffic.sent(),
        traffic.answers(),
        traffic.answered().filter(number -> !target.saw(number)).count(),
        target.distinct(),
        target.repeats().size(),
        after.captured() - before.captured(),
        after.relay().delivered() - before.relay().delivered(),
        after.relay().dead() - before.relay().dead(),
        lost,
        after.imbalance(),
        List.copyOf(strikes),
        new ArrayList<>());
    verdict.judge(
        production,
        target,
        traffic,
        after,
        after.relay().copies() - before.relay().copies());
    return verdict;
  }

  private void judge(
      NumberedSite production, NumberedSite target, Traffic traffic, Books after, long copies) {
    defects.addAll(target.faults());
    defects.addAll(production.faults());
    defects.addAll(after.disagreements());
    judgeSums(after, copies);
    if (target.highest() >= traffic.next()) {
      defects.add("number " + target.highest() + " arrived, which nobody sent");
    }
    Cost cost = strikes.stream().map(Strike::cost).reduce(Cost.NOTHING, Cost::plus);
    if (!cost.requests() && traffic.failures() > 0) {
      defects.add(traffic.failures() + " customers got no answer, and no fault explains it");
    }
    if (!production.repeats().isEmpty()) {
      defects.add("production got requests twice: " + production.repeats());
    }
    for (Repeat repeat : target.repeats()) {
      if (strikes.stream().noneMatch(strike -> strike.explains(repeat))) {
        defects.add("number " + repeat.number() + " came again after "
            + repeat.after().toMillis() + " ms, and no fault explains it");
      }
    }
    lost.forEach((reason, count) -> {
      if (!cost.losses().contains(LossReason.of(reason))) {
        defects.add(count + " are lost as " + reason + ", and no fault explains it");
      }
    });
    if (dead > cost.dead()) {
      defects.add(dead + " are dead, and the faults explain " + cost.dead());
    }
  }

  /** @param copies stored for who submitted them, and never heard so */
  private void judgeSums(Books after, long copies) {
    long excused = losses() + dead;
    if (after.relay().waiting() > 0) {
      defects.add(after.relay().waiting() + " captures still wait");
    }
    if (captured < answered || captured > sent) {
      defects.add(sent + " requests were sent, " + answered + " answered and " + captured
          + " are booked as captured");
    }
    if (missing > excused) {
      defects.add(missing + " answered requests never arrived, and the ledger says why for "
          + excused + " only");
    }
    if (arrived < delivered || arrived > delivered + excused) {
      defects.add(delivered + " are booked as delivered and " + excused + " as dead or lost, and "
          + arrived + " arrived");
    }
    if (captured + copies != delivered + excused) {
      defects.add(captured + copies + " are booked as captured, " + delivered + " as delivered and "
          + excused + " as dead or lost");
    }
  }

  /** How many captures are lost, for whatever reason. */
  public long losses() {
    return lost.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public String toString() {
    return strikes.size() + " strikes; sent " + sent + ", answered " + answered + ", captured "
        + captured + ", delivered " + delivered + ", dead " + dead + ", lost " + lost
        + ", missing " + missing + ", again " + repeats + ", imbalance " + imbalance;
  }
}
