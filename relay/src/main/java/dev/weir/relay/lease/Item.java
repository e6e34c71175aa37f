package dev.weir.relay.lease;

import dev.weir.capture.CaptureId;
import dev.weir.relay.lease.GroupBook.Tries;
import dev.weir.wire.LeaseRequest.Order;
import org.jspecify.annotations.Nullable;

/**
 * One capture that a group has met and not settled, or that is dead and due: free, delayed or
 * leased.
 */
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

  /** Nobody has to speak of it any more: it is settled, or will be met anew. */
  boolean settled;

  /** The row of a dead capture that is tried again; null: it stands in the bucket. */
  final @Nullable Grave grave;

  /** @param attempts how often it was tried before it died */
  record Grave(long number, CaptureId id, int attempts) {}

  Item(long offset, String session, Tries tries) {
    this(offset, session, tries, null);
  }

  Item(long offset, String session, Tries tries, @Nullable Grave grave) {
    this.grave = grave;
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
