package dev.weir.relay.lease;

import dev.weir.loop.Ticker;
import java.time.Instant;
import java.time.InstantSource;

/** The two clocks: one that only ever goes forward, for waiting; and the wall's, for people. */
public record Clocks(Ticker ticker, InstantSource wall) {
  public static final Clocks SYSTEM = new Clocks(Ticker.SYSTEM, InstantSource.system());

  public long nanos() {
    return ticker.nanos();
  }

  public Instant now() {
    return wall.instant();
  }
}
