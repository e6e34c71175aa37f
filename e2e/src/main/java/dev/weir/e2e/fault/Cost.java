package dev.weir.e2e.fault;

import dev.weir.ledger.LossReason;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a fault may cost.
 *
 * @param requests whether customers may go without an answer
 * @param repeats whether the target may get a capture again that came first before the fault ended
 * @param dead how many captures may die of it
 * @param losses the reasons for which captures may be lost
 */
public record Cost(boolean requests, boolean repeats, int dead, Set<LossReason> losses) {
  public static final Cost NOTHING = new Cost(false, false, 0, Set.of());

  /** Customers may go without an answer. */
  public static final Cost REQUESTS = new Cost(true, false, 0, Set.of());

  /** The target may get captures twice. */
  public static final Cost REPEATS = new Cost(false, true, 0, Set.of());

  public Cost {
    losses = Set.copyOf(losses);
  }

  /** Captures may be lost. */
  public static Cost losing(LossReason... reasons) {
    return new Cost(false, false, 0, Set.of(reasons));
  }

  /** Captures may die. */
  public static Cost killing(int captures) {
    return new Cost(false, false, captures, Set.of());
  }

  public Cost plus(Cost other) {
    Set<LossReason> all = EnumSet.noneOf(LossReason.class);
    all.addAll(losses);
    all.addAll(other.losses);
    return new Cost(requests || other.requests, repeats || other.repeats, dead + other.dead, all);
  }
}
