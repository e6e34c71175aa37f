package dev.weir.relay.lease;

import dev.weir.loop.SteadyClock;
import dev.weir.loop.Ticker;
import dev.weir.loop.WallClock;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The two clocks: one for waiting, and one that says what time it is, for ages that outlive this
 * process and for people. Neither jumps.
 */
public record Clocks(Ticker ticker, InstantSource wall) {
  public static final Clocks SYSTEM =
      new Clocks(Ticker.SYSTEM, new SteadyClock(WallClock.SYSTEM, Ticker.SYSTEM));

  public long nanos() {
    return ticker.nanos();
  }

  public Instant now() {
    return wall.instant();
  }
}
