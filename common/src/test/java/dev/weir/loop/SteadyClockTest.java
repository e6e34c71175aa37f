package dev.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private Instant wall = START;
  private long nanos = -7;

  @Test
  void goesOnEvenlyHoweverTheWallClockJumps() {
    SteadyClock clock = new SteadyClock(() -> wall, () -> nanos);
    assertThat(clock.instant()).isEqualTo(START);

    wall = START.minus(Duration.ofDays(365));
    nanos += Duration.ofSeconds(3).toNanos();
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(3));
  }
}
