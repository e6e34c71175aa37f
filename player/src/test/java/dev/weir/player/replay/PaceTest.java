package dev.weir.player.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.unit.Rate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void spacesAttemptsEvenly() {
    Pace pace = new Pace(new Rate(10), 0);
    long now = 0;
    for (int i = 0; i < 100; i++) {
      assertThat(pace.untilNext(now)).isZero();
      pace.started(now);
      assertThat(pace.untilNext(now)).isPositive();
      now += pace.untilNext(now).toNanos();
    }
    assertThat(now).isBetween(10 * SECOND - 10_000, 10 * SECOND + 10_000);
  }

  @Test
  void makesUpForLittleAfterAPause() {
    Pace pace = new Pace(new Rate(100), 0);
    long now = 60 * SECOND;
    int burst = 0;
    while (pace.untilNext(now).isZero()) {
      pace.started(now);
      burst++;
    }
    assertThat(burst).isEqualTo(11);
  }

  @Test
  void letsAllPassWithoutARate() {
    Pace pace = new Pace(null, 0);
    for (int i = 0; i < 1000; i++) {
      assertThat(pace.untilNext(0)).isZero();
      pace.started(0);
    }
  }
}
