package dev.weir.loop;

import java.time.Duration;

/** The body of a loop. Tests call it themselves, with a clock set by hand. */
@FunctionalInterface
public interface Step {
  /**
   * Does one unit of work and says how long to wait before the next; zero: at once. Never waits
   * itself for long.
   */
  Duration step() throws InterruptedException;
}
