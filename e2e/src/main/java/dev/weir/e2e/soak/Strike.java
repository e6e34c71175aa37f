package dev.weir.e2e.soak;

import dev.weir.e2e.NumberedSite.Repeat;
import dev.weir.e2e.fault.Cost;

/**
 * A fault that happened.
 *
 * @param inFlight how many requests were answered and not yet at the target when it began
 */
public record Strike(String fault, Cost cost, long fromNanos, long untilNanos, long inFlight) {

  /** Whether it is why a capture came again: it struck between its first coming and the settle. */
  boolean explains(Repeat repeat) {
    return cost.repeats()
        && repeat.firstAtNanos() < untilNanos
        && fromNanos < repeat.againAtNanos();
  }
}
