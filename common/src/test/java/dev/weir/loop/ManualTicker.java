package dev.weir.loop;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A monotonic clock that only a test moves. */
public final class ManualTicker implements Ticker {
  // near the end of its range, as System.nanoTime() may be
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);

  @Override
  public long nanos() {
    return now.get();
  }

  public void advance(Duration by) {
    now.addAndGet(by.toNanos());
  }
}
