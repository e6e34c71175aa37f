package dev.weir.wire;

import dev.weir.unit.GroupName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a player asks for: at most {@code max} captures and about {@code maxBytes}, for
 * {@code leaseMs}; where there is nothing it waits up to {@code waitMs}, 20 seconds at the most.
 *
 * @param player the player's name: a label for the page
 * @param order how the captures of one session relate
 * @param lease one that the player has: what was never leased before may be added to it, and so go
 *     on with its sessions; null: none
 */
public record LeaseRequest(
    GroupName group,
    String player,
    Order order,
    int max,
    long maxBytes,
    long leaseMs,
    long waitMs,
    @Nullable String lease) {
  /** No lease runs longer, in milliseconds: an hour. */
  public static final long MAX_LEASE_MS = 3_600_000;

  /** No call waits longer, in milliseconds. */
  public static final long MAX_WAIT_MS = 20_000;

  public LeaseRequest {
    Objects.requireNonNull(group, "no group");
    Objects.requireNonNull(player, "no player");
    Objects.requireNonNull(order, "no order");
    if (max < 1 || maxBytes < 1 || waitMs < 0) {
      throw new IllegalArgumentException(
          "max and maxBytes start at 1, waitMs at 0: not " + max + ", " + maxBytes + ", " + waitMs);
    }
    checkLength(leaseMs);
  }

  /** For a lease of its own. */
  public LeaseRequest(
      GroupName group,
      String player,
      Order order,
      int max,
      long maxBytes,
      long leaseMs,
      long waitMs) {
    this(group, player, order, max, maxBytes, leaseMs, waitMs, null);
  }

  static void checkLength(long leaseMs) {
    if (leaseMs < 1 || leaseMs > MAX_LEASE_MS) {
      throw new IllegalArgumentException("leaseMs is 1 to " + MAX_LEASE_MS + ", not " + leaseMs);
    }
  }

  /** What the relay keeps in order between two players of a group. */
  public enum Order {
    /** A session's captures are in one lease at a time, in order. */
    SESSION,
    /** No order at all. */
    NONE,
    /** The whole bucket is one session. */
    BUCKET
  }
}
