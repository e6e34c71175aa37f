package dev.weir.relay.lease;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a group is treated.
 *
 * @param asked whether a player has ever asked for it
 * @param pausedMs since when it leases nothing, in milliseconds since 1970; null: it leases
 * @param heardMs when it was heard, in milliseconds since 1970, {@link #HEARD_WITHIN} ago or less
 *     where it is heard at all; 0: not known
 */
record Manner(boolean asked, @Nullable Long pausedMs, long heardMs) {
  /** So seldom is it written down that a group is heard. */
  static final Duration HEARD_WITHIN = Duration.ofHours(1);

  static final Manner NEW = new Manner(false, null, 0);

  Manner asked(long nowMs) {
    boolean isOld = Math.abs(nowMs - heardMs) >= HEARD_WITHIN.toMillis();
    return new Manner(true, pausedMs, isOld ? nowMs : heardMs);
  }

  Manner paused(@Nullable Long sinceMs) {
    return new Manner(asked, sinceMs, heardMs);
  }

  Manner heard(long nowMs) {
    return new Manner(asked, pausedMs, nowMs);
  }

  /** For how long it may have been unheard of; zero where that is not known. */
  Duration unheard(long nowMs) {
    long most = heardMs == 0 ? 0 : nowMs - heardMs - HEARD_WITHIN.toMillis();
    return Duration.ofMillis(Math.max(0, most));
  }
}
