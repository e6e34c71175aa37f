package dev.weir.relay.lease;

import org.jspecify.annotations.Nullable;

/**
 * How a group is treated.
 *
 * @param asked whether a player has ever asked for it
 * @param pausedMs since when it leases nothing, in milliseconds since 1970; null: it leases
 */
record Manner(boolean asked, @Nullable Long pausedMs) {
  static final Manner NEW = new Manner(false, null);
}
