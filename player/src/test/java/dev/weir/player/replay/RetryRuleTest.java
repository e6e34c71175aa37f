package dev.weir.player.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.player.replay.RetryRule.Decision;
import dev.weir.player.target.Outcome.Retry;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryRuleTest {
  private static final Retry FAILURE = new Retry("no");

  private final RetryRule rule = new RetryRule(
      new RetryRules(20, Duration.ofHours(24), Duration.ofSeconds(1), Duration.ofMinutes(10)),
      new Random(1));

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 4", "5, 32", "9, 512", "10, 600", "19, 600"})
  void waitsAtRandomUpToTwiceAsLongEachTime(int attempt, long most) {
    long longest = 0;
    for (int i = 0; i < 500; i++) {
      Duration wait = after(attempt, Duration.ZERO, FAILURE);
      assertThat(wait).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(most));
      longest = Math.max(longest, wait.toMillis());
    }
    assertThat(longest).isGreaterThan(most * 900);
  }

  @Test
  void waitsAsLongAsTheTargetAsksButNotLessThanItWould() {
    assertThat(after(1, Duration.ZERO, asking(Duration.ofHours(1)))).hasHours(1);
    assertThat(after(1, Duration.ZERO, asking(Duration.ZERO)))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void givesUpAfterTheLastAttempt() {
    assertThat(rule.decide(20, Duration.ZERO, false, FAILURE))
        .isEqualTo(new Decision.GiveUp("gave up after 20 attempts: no"));
    assertThat(rule.decide(20, Duration.ZERO, true, FAILURE)).isInstanceOf(Decision.Again.class);
  }

  @Test
  void givesUpWhenItIsTooOldAfterOneLastTry() {
    assertThat(after(5, Duration.ofHours(24).minusSeconds(3), asking(Duration.ofDays(9))))
        .isEqualTo(Duration.ofSeconds(3));
    assertThat(rule.decide(5, Duration.ofHours(24), true, FAILURE))
        .isEqualTo(new Decision.GiveUp("gave up after 1d: no"));
  }

  private Duration after(int attempt, Duration age, Retry failure) {
    return ((Decision.Again) rule.decide(attempt, age, false, failure)).after();
  }

  private static Retry asking(Duration after) {
    return new Retry("no", after, null);
  }
}
