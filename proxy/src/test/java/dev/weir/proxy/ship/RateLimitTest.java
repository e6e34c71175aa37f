package dev.weir.proxy.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loop.ManualTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final ManualTicker ticker = new ManualTicker();
  private final RateLimit limit = new RateLimit(10, ticker);

  @Test
  void letsABatchOverdrawItAndTheNextWait() {
    assertThat(limit.untilPositive()).isZero();
    limit.spend(40);
    Duration wait = limit.untilPositive();
    assertThat(wait).isBetween(Duration.ofMillis(3_000), Duration.ofMillis(3_101));

    ticker.advance(wait.minusMillis(200));
    assertThat(limit.untilPositive()).isPositive();
    ticker.advance(Duration.ofMillis(200));
    assertThat(limit.untilPositive()).isZero();
  }

  @Test
  void savesNoMoreThanASecondsWorth() {
    ticker.advance(Duration.ofDays(1));
    limit.spend(10);

    assertThat(limit.untilPositive()).isPositive();
  }

  @Test
  void keepsTheRateOverTime() {
    long spent = 0;
    for (int i = 0; i < 1_000; i++) {
      Duration wait = limit.untilPositive();
      if (wait.isZero()) {
        limit.spend(1 + i % 25);
        spent += 1 + i % 25;
      } else {
        ticker.advance(wait);
      }
    }
    long elapsed = ticker.nanos() - new ManualTicker().nanos();
    double perSecond = spent / (elapsed / 1e9);
    assertThat(perSecond).isBetween(9.5, 10.5);
  }

  @Test
  void neverHoldsBackWhereThereIsNoLimit() {
    RateLimit.UNLIMITED.spend(Long.MAX_VALUE);

    assertThat(RateLimit.UNLIMITED.untilPositive()).isZero();
  }
}
