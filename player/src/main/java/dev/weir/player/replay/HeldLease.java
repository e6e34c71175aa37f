package dev.weir.player.replay;

import dev.weir.capture.CaptureId;
import dev.weir.wire.Settlement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A lease that this replay holds, and what is yet to be said about it. The replay's thread's own.
 */
final class HeldLease {
  final String id;

  /** Captures that nothing is decided about: they wait or are under way. */
  int open;

  /** By the replay's ticker. */
  long validUntil;

  long extendAt;
  boolean extending;

  /** Ran out, or will before an attempt ends: nothing of it is started any more. */
  boolean runOut;

  /** The feed does not know it any more: nothing that is said of it counts. */
  boolean gone;

  /** Decided and not yet said. */
  Decisions decisions = new Decisions();

  /** When the first of the decisions was made. */
  long decidedAt;

  /** Said, and not acknowledged: to be said again until it is. */
  @Nullable
  Said said;

  /** An answer was lost that may have added to it: what was, is handed back at its end. */
  boolean doubtful;

  /** The lanes whose rest went back since more was asked for: what comes of them goes back too. */
  final Set<String> closed = new HashSet<>();

  /**
   * What is said at once.
   *
   * @param closesLanes whether the rest of a lane goes back with it
   * @param arrived what the target has of it
   */
  record Said(Settlement settlement, boolean closesLanes, List<CaptureId> arrived) {}

  HeldLease(String id) {
    this.id = id;
  }

  /**
   * Whether more may be asked for in it: not at its end, nor while the feed may think that a lane
   * goes on here whose rest went back.
   */
  boolean mayGrow() {
    boolean isEnding = said != null && said.settlement().done();
    boolean isClosing = decisions.closesLanes() || (said != null && said.closesLanes());
    return !runOut && !gone && !doubtful && !isEnding && !isClosing;
  }

  /** Says what is decided. */
  Said say(boolean done) {
    Said now = new Said(decisions.settlement(done), decisions.closesLanes(), decisions.arrived());
    decisions = new Decisions();
    said = now;
    return now;
  }

  /** Whether all that was decided is said and acknowledged. */
  boolean isSaid() {
    return decisions.count() == 0 && said == null && !doubtful;
  }
}
