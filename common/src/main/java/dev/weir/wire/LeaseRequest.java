package dev.weir.wire;

import dev.weir.unit.GroupName;

/**
 * What a player asks for: at most {@code max} captures and about {@code maxBytes}, for
 * {@code leaseMs}; where there is nothing it waits up to {@code waitMs}, 20 seconds at the most.
 *
 * @param player the player's name: a label for the page
 * @param order how the captures of one session relate
 */
public record LeaseRequest(
    GroupName group,
    String player,
    Order order,
    int max,
    long maxBytes,
    long leaseMs,
    long waitMs) {

  /** What the relay keeps in order between two players of a group. */
  public enum Order {
    /** A session's captures are with one player at a time, in order. */
    SESSION,
    /** No order at all. */
    NONE,
    /** The whole bucket is one session. */
    BUCKET
  }
}
