package dev.weir.player.replay;

import dev.weir.unit.Rate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Spaces attempts evenly at a rate. What was not used within a tenth of a second is not made up
 * for, so that a target sees no bursts. One thread's own.
 */
final class Pace {
  private static final long SLACK = Duration.ofMillis(100).toNanos();

  /** Between two attempts; 0: no limit. */
  private final double interval;

  private double next;

  /** @param rate null: no limit */
  Pace(@Nullable Rate rate, long now) {
    this.interval = rate == null ? 0 : 1e9 / rate.perSecond();
    this.next = now;
  }

  /** How long until the next attempt may start; zero: now. */
  Duration untilNext(long now) {
    return interval == 0 || now >= next ? Duration.ZERO : Duration.ofNanos((long) (next - now) + 1);
  }

  void started(long now) {
    next = Math.max(next, (double) now - SLACK) + interval;
  }
}
