package dev.weir.proxy.ship;

import dev.weir.loop.Ticker;
import java.time.Duration;

/**
 * A rate that may be overdrawn: who finds the balance positive spends what it needs, and the next
 * one waits until the debt is paid. So a batch of any size goes, and the rate holds over time. At
 * most one second's worth is saved up. Thread-safe.
 */
public final class RateLimit {
  /** Never runs out. */
  public static final RateLimit UNLIMITED = new RateLimit(0, () -> 0);

  private static final double NANOS = 1e9;

  private final long perSecond;
  private final Ticker ticker;
  private double balance;
  private long at;

  /** @param perSecond 0: unlimited */
  public RateLimit(long perSecond, Ticker ticker) {
    this.perSecond = perSecond;
    this.ticker = ticker;
    this.balance = perSecond;
    this.at = ticker.nanos();
  }

  /** How long until something may be spent; zero: now. */
  public synchronized Duration untilPositive() {
    if (perSecond == 0) {
      return Duration.ZERO;
    }
    earn();
    return balance > 0
        ? Duration.ZERO
        : Duration.ofNanos((long) Math.ceil((1 - balance) / perSecond * NANOS));
  }

  public synchronized void spend(long amount) {
    if (perSecond > 0) {
      earn();
      balance -= amount;
    }
  }

  private void earn() {
    long now = ticker.nanos();
    balance = Math.min((double) perSecond, balance + (now - at) / NANOS * perSecond);
    at = now;
  }
}
