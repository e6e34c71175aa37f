package dev.weir.relay.lease;

import dev.weir.wire.LeaseRequest.Order;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Which suspects may be leased now. A capture is suspect once a lease ran out with it: it may be
 * what killed its player.
 *
 * <p>All leases of a player that is killed run out, so only one lease of suspects runs at a time,
 * with nothing else in it and an eighth of those that ran out together: what kills again and again
 * is alone before long, and takes no other along. The least suspect go first. They are innocent for
 * the most part, and through at once; where they are not, the others need not wait for their lease
 * to run out.
 *
 * <pre>
 *   1,000 ─▶ 125 ─▶ 15 ─▶ 1 ─▶ alone once more ─▶ … ─▶ dead
 *      └──────┴──────┴────┴── delivered, filtered, tried again: suspect no more
 * </pre>
 */
final class Suspects {
  private static final int NONE = Integer.MIN_VALUE;

  private final Order order;
  private final long now;
  private final Collection<Lease> live;
  private final Collection<Item> dead;
  private final Collection<Item> open;
  private boolean looked;
  private boolean out;
  private int next = NONE;

  /**
   * @param now by the ticker
   * @param dead those that are due and open, in order
   * @param open those that are met and not settled, in order
   */
  Suspects(
      Order order, long now, Collection<Lease> live, Collection<Item> dead, Collection<Item> open) {
    this.order = order;
    this.now = now;
    this.live = live;
    this.dead = dead;
    this.open = open;
  }

  /** Whether a suspect that is free may go now. */
  boolean mayGo(Item suspect) {
    if (!looked) {
      look();
      looked = true;
    }
    if (next == NONE) {
      next = suspect.trust(); // met since
    }
    return !out && suspect.trust() == next;
  }

  /** Finds the least suspect of those whose turn it is. */
  private void look() {
    Set<String> closed = new HashSet<>();
    for (Lease lease : live) {
      for (Item item : lease.items.values()) {
        if (item.lease == lease) {
          out |= item.isSuspect();
          isFirst(item, closed);
        }
      }
    }
    if (!out) {
      look(dead, new HashSet<>(closed));
      look(open, closed);
    }
  }

  private void look(Collection<Item> items, Set<String> closed) {
    for (Item item : items) {
      boolean first = isFirst(item, closed);
      if (first && item.isSuspect() && item.lease == null && !item.isDelayed(now)) {
        next = Math.max(next, item.trust());
      }
    }
  }

  /** Whether nothing has closed its lane, which it does now. */
  private boolean isFirst(Item item, Set<String> closed) {
    String lane = item.lane(order);
    return lane == null || closed.add(lane);
  }
}
