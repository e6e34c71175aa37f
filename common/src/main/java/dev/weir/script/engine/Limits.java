package dev.weir.script.engine;

import dev.weir.unit.ByteSize;
import java.time.Duration;

/**
 * What one call of a script may use at most.
 *
 * @param time of the processor, so that a busy machine is not taken for a slow script
 * @param memory what the call may allocate, garbage included
 * @param retained what a script's virtual machine may keep between calls
 * @param string the longest string or body that a script may make or read
 * @param fanOut how many captures may come out of one
 */
public record Limits(
    long instructions,
    Duration time,
    ByteSize memory,
    ByteSize retained,
    ByteSize string,
    int fanOut) {

  public static final Limits DEFAULT = new Limits(
      5_000_000,
      Duration.ofMillis(50),
      ByteSize.ofMegabytes(64),
      ByteSize.ofMegabytes(32),
      ByteSize.ofMegabytes(16),
      100);

  public Limits {
    if (instructions < 1 || time.isNegative() || time.isZero() || fanOut < 1) {
      throw new IllegalArgumentException("limits must be above zero: " + instructions
          + " instructions, " + time.toMillis() + " ms, fan-out " + fanOut);
    }
  }

  /** For what happens once: running a script's main part, {@code on_start}, {@code on_stop}. */
  public Limits forLoading() {
    return new Limits(instructions * 20, time.multipliedBy(20), memory, retained, string, fanOut);
  }
}
