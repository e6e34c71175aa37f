package dev.weir.loop;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after one failure and the next: decorrelated jitter between a least and a most,
 * that grows no faster than the trouble itself, so that what was away for a short while is not left
 * alone for a long one. One thread's own.
 */
public final class Backoff {
  private final long least;
  private final long most;
  private final RandomGenerator random;
  private long last;
  private long waited;

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
   * The next wait: at random between the least and three times the last one, after the first no
   * longer than all those before and the least, and never above the most.
   */
  public Duration next() {
    long longest = waited == 0 ? last * 3 : Math.min(last * 3, waited + least);
    last = Math.min(most, random.nextLong(least, Math.max(least + 1, longest)));
    waited = Math.min(most, waited + last);
    return Duration.ofNanos(last);
  }

  public void reset() {
    last = least;
    waited = 0;
  }
}
