package dev.weir.bench;

import java.time.Duration;

/**
 * How much time a run takes itself.
 *
 * @param rounds of each load against each side
 * @param warmUp before the first round, for each load that counts
 * @param line how long the whole line is under load
 * @param backlog captures that a replay begins with
 * @param starts of each role
 */
record Effort(int rounds, Duration round, Duration warmUp, Duration line, int backlog, int starts) {
  static final Effort FULL = new Effort(
      5, Duration.ofSeconds(3), Duration.ofSeconds(4), Duration.ofSeconds(15), 200_000, 10);

  /** Shows that everything works; its figures mean little. */
  static final Effort QUICK =
      new Effort(1, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(3), 20_000, 1);
}
