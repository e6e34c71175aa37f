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
  /** Of those that a lease ran out with, so many times fewer are next leased together. */
  private static final int PARTS = 8;

  private static final int ANY = Integer.MAX_VALUE;

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

  /** Its next lease holds no more captures: fewer each time that one with it ran out. */
  int most;

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
    this.most = tries.runOuts() > 0 ? 1 : ANY;
  }

  /**
   * Whether it may be what killed a player: a lease ran out with it, and no player spoke of it
   * since.
   */
  boolean isSuspect() {
    return most < ANY;
  }

  /** A lease ran out that had so many captures left. */
  void suspect(int held) {
    most = Math.max(1, held / PARTS);
  }

  /** A player has tried it and lived. */
  void acquit() {
    most = ANY;
  }

  /** The fewer a lease ran out with, and the more often alone, the less. */
  int trust() {
    return most - tries.runOuts();
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
