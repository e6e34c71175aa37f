package dev.weir.relay;

import dev.weir.loop.Ticker;
import dev.weir.relay.lease.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Both clocks, set by hand. */
public final class ManualClock implements Ticker, InstantSource {
  private long nanos = Long.MAX_VALUE - 5_000_000_000L; // so that it overflows on the way
  private Instant wall = Instant.parse("2026-01-01T00:00:00Z");

  public Clocks clocks() {
    return new Clocks(this, this);
  }

  public void advance(Duration time) {
    nanos += time.toNanos();
    wall = wall.plus(time);
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Instant instant() {
    return wall;
  }
}
