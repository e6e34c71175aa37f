package dev.weir.player.replay;

import dev.weir.capture.CaptureId;
import dev.weir.wire.Settlement;
import dev.weir.wire.Settlement.Dead;
import dev.weir.wire.Settlement.Range;
import dev.weir.wire.Settlement.Refusal;
import dev.weir.wire.Settlement.Retry;
import java.util.ArrayList;
import java.util.List;

/** What was decided about captures of one lease since it was last settled. */
final class Decisions {
  private final List<Long> delivered = new ArrayList<>();
  private final List<CaptureId> arrived = new ArrayList<>();
  private final List<Refusal> filtered = new ArrayList<>();
  private final List<Retry> retry = new ArrayList<>();
  private final List<Dead> dead = new ArrayList<>();
  private final List<Long> released = new ArrayList<>();
  private boolean closesLanes;

  void delivered(long offset, CaptureId id) {
    delivered.add(offset);
    arrived.add(id);
  }

  /** The captures that the target has. */
  List<CaptureId> arrived() {
    return arrived;
  }

  void filtered(Refusal refusal) {
    filtered.add(refusal);
  }

  void retry(Retry again) {
    retry.add(again);
  }

  void dead(Dead given) {
    dead.add(given);
  }

  void released(long offset) {
    released.add(offset);
  }

  /** The rest of a lane goes back. */
  void closeLane() {
    closesLanes = true;
  }

  boolean closesLanes() {
    return closesLanes;
  }

  int count() {
    return delivered.size() + filtered.size() + retry.size() + dead.size() + released.size();
  }

  /** @param done whether nothing of the lease is left */
  Settlement settlement(boolean done) {
    return new Settlement(
        ranges(delivered),
        List.copyOf(filtered),
        List.copyOf(retry),
        List.copyOf(dead),
        ranges(released),
        done);
  }

  /** As few ranges as hold these offsets and no other. */
  private static List<Range> ranges(List<Long> offsets) {
    List<Range> ranges = new ArrayList<>();
    for (long offset : offsets.stream().sorted().toList()) {
      Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
      if (last != null && last.through() + 1 == offset) {
        ranges.set(ranges.size() - 1, new Range(last.from(), offset));
      } else {
        ranges.add(new Range(offset, offset));
      }
    }
    return ranges;
  }
}
