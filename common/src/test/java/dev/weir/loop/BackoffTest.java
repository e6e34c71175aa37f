package dev.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Duration LEAST = Duration.ofMillis(500);
  private static final Duration MOST = Duration.ofSeconds(60);

  @Test
  void staysBetweenTheLeastAndTheMostAndGrowsThreefoldAtMost() {
    Backoff backoff = new Backoff(LEAST, MOST, new Random(1));
    Duration last = LEAST;
    Duration longest = LEAST;
    for (int i = 0; i < 10_000; i++) {
      Duration next = backoff.next();
      assertThat(next).isBetween(LEAST, MOST).isLessThanOrEqualTo(last.multipliedBy(3));
      last = next;
      longest = next.compareTo(longest) > 0 ? next : longest;
    }
    assertThat(longest).isEqualTo(MOST);
  }

  @Test
  void waitsNoLongerThanItHasWaitedAlready() {
    for (int seed = 0; seed < 1_000; seed++) {
      Backoff backoff = new Backoff(LEAST, MOST, new Random(seed));
      Duration waited = backoff.next();
      for (int i = 0; i < 5; i++) {
        Duration next = backoff.next();
        assertThat(next).isLessThanOrEqualTo(waited.plus(LEAST));
        waited = waited.plus(next);
      }
    }
  }

  @Test
  void beginsAnewAfterASuccess() {
    Backoff backoff = new Backoff(LEAST, MOST, new Random(2));
    for (int i = 0; i < 1_000; i++) {
      backoff.next();
    }
    backoff.reset();

    assertThat(backoff.next()).isLessThanOrEqualTo(LEAST.multipliedBy(3));
  }

  @Test
  void canBeConstant() {
    assertThat(new Backoff(LEAST, LEAST, new Random(3)).next()).isEqualTo(LEAST);
  }

  @Test
  void refusesNotToWait() {
    Random random = new Random(4);
    assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(Duration.ZERO, MOST, random));
    assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(MOST, LEAST, random));
  }
}
