package dev.weir.script.trial;

import dev.weir.loop.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test moves on by hand. One thread's own. */
final class VirtualClock implements InstantSource, Ticker {
  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  private long elapsed;

  @Override
  public Instant instant() {
    return START.plusNanos(elapsed);
  }

  @Override
  public long nanos() {
    return elapsed;
  }

  void advance(Duration time) {
    elapsed += time.toNanos();
  }
}
