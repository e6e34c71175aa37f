package dev.weir.loop;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The time as a wall clock had it once, going on evenly: what is measured by it has its age however
 * the wall clock jumps.
 */
public final class SteadyClock implements InstantSource {
  private final Instant start;
  private final Ticker ticker;
  private final long startNanos;

  public SteadyClock(InstantSource wall, Ticker ticker) {
    this.start = wall.instant();
    this.ticker = ticker;
    this.startNanos = ticker.nanos();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(ticker.nanos() - startNanos);
  }
}
