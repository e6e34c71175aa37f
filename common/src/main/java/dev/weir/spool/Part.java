package dev.weir.spool;

import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Run;
import org.jspecify.annotations.Nullable;

/**
 * The positions of one sealed segment, or of several that are gone for one reason.
 *
 * @param frames how many of the positions are frames
 * @param newest when the last of them arrived, in milliseconds
 * @param gone why the segment is not there any more; null if it is
 */
record Part(
    Run run,
    long first,
    long last,
    long frames,
    long newest,
    @Nullable LossReason gone) {
  static Part gone(Run run, long first, long last, LossReason reason) {
    return new Part(run, first, last, 0, 0, reason);
  }

  boolean live() {
    return gone == null;
  }

  boolean hasHoles() {
    return frames < last - first + 1;
  }

  boolean joins(Part next) {
    return gone != null && gone == next.gone && run.equals(next.run);
  }

  Part with(Part next) {
    return new Part(run, first, next.last, 0, 0, gone);
  }
}
