package dev.weir.relay.lease;

import dev.weir.ledger.LossReason;
import dev.weir.relay.store.DeadRow.State;
import dev.weir.relay.store.Losses;
import java.util.Map;

/**
 * How many of a group's captures came to what. Immutable.
 *
 * @param dead those in the dead bucket, the due ones included
 * @param rewound how many captures are counted once more because a rewind brought them back
 */
record Counts(long delivered, long filtered, long dead, Losses lost, long rewound) {
  static final Counts NONE = new Counts(0, 0, 0, Losses.NONE, 0);

  Counts plus(Fate fate) {
    return switch (fate) {
      case DELIVERED -> new Counts(delivered + 1, filtered, dead, lost, rewound);
      case FILTERED -> new Counts(delivered, filtered + 1, dead, lost, rewound);
      case DEAD -> plusDead(1);
    };
  }

  Counts plusDead(long count) {
    return new Counts(delivered, filtered, dead + count, lost, rewound);
  }

  Counts plusRewound(long count) {
    return new Counts(delivered, filtered, dead, lost, rewound + count);
  }

  Counts lost(LossReason reason, long count) {
    return new Counts(delivered, filtered, dead, lost.plus(reason, count), rewound);
  }

  /** So many dead are dead no more: their rows are in this state, which is a gone one. */
  Counts raised(State to, long count) {
    Counts fewer = plusDead(-count);
    return switch (to) {
      case DELIVERED -> new Counts(delivered + count, filtered, fewer.dead, lost, rewound);
      case FILTERED -> new Counts(delivered, filtered + count, fewer.dead, lost, rewound);
      case PURGED -> fewer.lost(LossReason.PURGED, count);
      case RESTING, DUE -> throw new IllegalArgumentException(to + " is as dead as before");
    };
  }

  /**
   * As the dead store has it, which was written first.
   *
   * @param here how many of these dead stand in it
   * @param gone how many more rows wait for a book that says what became of them
   * @param why the others are missing
   */
  Counts withDead(long here, Map<State, Long> gone, LossReason why) {
    long missing = Math.max(0, dead - here);
    Counts known = this;
    for (Map.Entry<State, Long> fate : gone.entrySet()) {
      long raised = Math.min(missing, fate.getValue());
      known = known.raised(fate.getKey(), raised);
      missing -= raised;
    }
    return known.plusDead(-missing).lost(why, missing);
  }
}
