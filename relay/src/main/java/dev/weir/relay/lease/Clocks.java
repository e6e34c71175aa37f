package dev.weir.relay.lease;

import dev.weir.loop.Ticker;
import dev.weir.loop.WallClock;
import java.time.Instant;
import java.time.InstantSource;

/** The two clocks: one that only ever goes forward, for waiting; and the wall's, for people. */
public record Clocks(Ticker ticker, InstantSource wall) {
  public static final Clocks SYSTEM = new Clocks(Ticker.SYSTEM, WallClock.SYSTEM);

  public long nanos() {
    return ticker.nanos();
  }

  public Instant now() {
    return wall.instant();
  }
}
