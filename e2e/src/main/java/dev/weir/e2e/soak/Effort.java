package dev.weir.e2e.soak;

import java.time.Duration;

/**
 * How long a trial goes on.
 *
 * @param rounds each fault strikes so often at least
 * @param atLeast more rounds follow until this time is over
 * @param hold a fault goes on for so long at most after it happened; how long is drawn
 * @param seed of what is drawn
 */
public record Effort(int rounds, Duration atLeast, Duration hold, long seed) {
  /** Each fault once: the normal build's. */
  public static final Effort SHORT = new Effort(1, Duration.ZERO, Duration.ofMillis(300), 42);
}
