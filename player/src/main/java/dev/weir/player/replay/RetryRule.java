package dev.weir.player.replay;

import dev.weir.config.Durations;
import dev.weir.player.target.Outcome;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a failed attempt is made again, and when it is given up. Waits at random between the least
 * delay and one that doubles with each attempt ("full jitter"); longer where the target asks for
 * it. One thread's own.
 */
final class RetryRule {
  private static final int MAX_DOUBLINGS = 30;

  private final RetryRules rules;
  private final RandomGenerator random;

  RetryRule(RetryRules rules, RandomGenerator random) {
    this.rules = rules;
    this.random = random;
  }

  /** What to do after a failed attempt. */
  sealed interface Decision {
    record Again(Duration after) implements Decision {}

    record GiveUp(String reason) implements Decision {}
  }

  /**
   * @param attempt the number of the attempt that failed, from 1 on
   * @param age since the group's first attempt
   * @param isProbe whether the target was known to fail: then no attempt is used up, or the first
   *     captures of a bucket would die of a long outage
   */
  Decision decide(int attempt, Duration age, boolean isProbe, Outcome.Retry failure) {
    if (attempt >= rules.maxAttempts() && !isProbe) {
      return new Decision.GiveUp("gave up after " + attempt + " attempts: " + failure.reason());
    }
    Duration left = rules.maxAge().minus(age);
    if (left.isZero() || left.isNegative()) {
      return new Decision.GiveUp(
          "gave up after " + Durations.format(rules.maxAge()) + ": " + failure.reason());
    }
    Duration delay = delay(attempt, failure);
    return new Decision.Again(delay.compareTo(left) < 0 ? delay : left); // one last try at the end
  }

  private Duration delay(int attempt, Outcome.Retry failure) {
    long least = rules.minDelay().toMillis();
    double doubled = (double) least * (1L << Math.min(attempt, MAX_DOUBLINGS));
    long most = (long) Math.min(doubled, (double) rules.maxDelay().toMillis());
    Duration jittered = Duration.ofMillis(random.nextLong(least, Math.max(least, most) + 1));
    Duration asked = failure.after();
    return asked != null && asked.compareTo(jittered) > 0 ? asked : jittered;
  }
}
