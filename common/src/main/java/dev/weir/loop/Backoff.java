package dev.weir.loop;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after one failure and the next: decorrelated jitter between a least and a most.
 * One thread's own.
 */
public final class Backoff {
  private final long least;
  private final long most;
  private final RandomGenerator random;
  private long last;

  /** @param least more than nothing, and no more than {@code most} */
  public Backoff(Duration least, Duration most, RandomGenerator random) {
    if (least.isZero() || least.isNegative() || least.compareTo(most) > 0) {
      throw new IllegalArgumentException("cannot wait from " + least + " to " + most);
    }
    this.least = least.toNanos();
    this.most = most.toNanos();
    this.random = random;
    this.last = this.least;
  }

  /**
   * The next wait: at random between the least and three times the last one, never above the most.
   */
  public Duration next() {
    last = Math.min(most, random.nextLong(least, Math.max(least + 1, last * 3)));
    return Duration.ofNanos(last);
  }

  public void reset() {
    last = least;
  }
}
