package dev.weir.player.replay;

import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.config.Durations;
import java.time.Duration;

/**
 * When an attempt that failed is made again, and when it is given up as dead.
 *
 * @param maxAge from the group's first attempt on
 */
public record RetryRules(
    @Default("20") int maxAttempts,
    @Default("24h") Duration maxAge,
    @Default("1s") Duration minDelay,
    @Default("10m") Duration maxDelay) {
  public RetryRules {
    new Check()
        .that(maxAttempts >= 1, "max-attempts", "must be 1 or more")
        .that(!minDelay.isZero(), "min-delay", "must be more than nothing")
        .that(
            maxDelay.compareTo(minDelay) >= 0,
            "max-delay",
            "shorter than min-delay (" + Durations.format(minDelay) + ")",
            "min-delay")
        .end();
  }
}
