package dev.weir.script.runtime;

import dev.weir.loop.Ticker;
import dev.weir.loop.WallClock;
import dev.weir.script.engine.Limits;
import dev.weir.script.lib.Shared;
import java.time.InstantSource;

/**
 * What all scripts of a process have in common.
 *
 * @param shared the maps that {@code shared("name")} gives
 */
public record Host(InstantSource clock, Ticker ticker, Limits limits, Shared shared) {
  public static Host system() {
    return new Host(WallClock.SYSTEM, Ticker.SYSTEM, Limits.DEFAULT, new Shared(Ticker.SYSTEM));
  }
}
