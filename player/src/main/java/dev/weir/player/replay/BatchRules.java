package dev.weir.player.replay;

import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.config.Durations;
import dev.weir.unit.ByteSize;
import java.time.Duration;

/**
 * What stands under {@code batch:} of a replay: how captures are gathered for {@code on_batch}.
 *
 * @param captures in one batch at most
 * @param bytes of captures in one batch at most, but always one capture
 * @param within how long the first capture of a batch waits for others
 */
public record BatchRules(
    @Default("100") int captures,
    @Default("1MB") ByteSize bytes,
    @Default("1s") Duration within) {
  private static final int MOST_CAPTURES = 1_000;

  /** A script must be able to turn them into something else within its memory. */
  private static final ByteSize MOST_BYTES = ByteSize.ofMegabytes(4);

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  public BatchRules {
    new Check()
        .that(
            captures >= 1 && captures <= MOST_CAPTURES, "captures", "must be 1 to " + MOST_CAPTURES)
        .that(
            bytes.bytes() >= 1 && bytes.compareTo(MOST_BYTES) <= 0,
            "bytes",
            "must be " + MOST_BYTES.exact() + " or less, and more than nothing")
        .that(
            within.compareTo(LONGEST_WAIT) <= 0,
            "within",
            "must be " + Durations.format(LONGEST_WAIT) + " or less")
        .end();
  }
}
