package dev.weir.relay.lease;

import dev.weir.relay.lease.GroupBook.Tries;
import dev.weir.wire.LeaseRequest.Order;
import org.jspecify.annotations.Nullable;

/** One capture that a group has met and not settled: free, delayed or leased. */
final class Item {
  final long offset;
  final String session;
  Tries tries;

  /** Who has it; null: nobody. */
  @Nullable
  Lease lease;

  /**
   * Was in a lease before, as far as this process knows. A player may still speak of it there, and
   * so it is in no lease twice.
   */
  boolean leased;

  /** Not before this moment of the ticker; null: at any time. */
  @Nullable
  Long due;

  /** A lease with it ran out: the next one holds nothing else. */
  boolean alone;

  /** A late word settled it while a later lease holds it. */
  boolean settled;

  Item(long offset, String session, Tries tries) {
    this.offset = offset;
    this.session = session;
    this.tries = tries;
    this.alone = isSuspect();
  }

  /** Whether a lease ran out with nothing else in it. */
  boolean isSuspect() {
    return tries.runOuts() > 0;
  }

  /** What it must stay in order with; null: nothing. */
  @Nullable
  String lane(Order order) {
    return switch (order) {
      case SESSION -> session;
      case BUCKET -> "";
      case NONE -> null;
    };
  }

  boolean isDelayed(long now) {
    return due != null && due - now > 0;
  }
}
