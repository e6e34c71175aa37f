package dev.weir.proxy.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loop.ManualTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private final ManualTicker ticker = new ManualTicker();
  private final Budget budget = new Budget(10, ticker);

  @Test
  void letsABatchOverdrawItAndTheNextWait() {
    assertThat(budget.untilPositive()).isZero();
    budget.spend(40);
    Duration wait = budget.untilPositive();
    assertThat(wait).isBetween(Duration.ofMillis(3_000), Duration.ofMillis(3_101));

    ticker.advance(wait.minusMillis(200));
    assertThat(budget.untilPositive()).isPositive();
    ticker.advance(Duration.ofMillis(200));
    assertThat(budget.untilPositive()).isZero();
  }

  @Test
  void savesNoMoreThanASecondsWorth() {
    ticker.advance(Duration.ofDays(1));
    budget.spend(10);

    assertThat(budget.untilPositive()).isPositive();
  }

  @Test
  void keepsTheRateOverTime() {
    long spent = 0;
    for (int i = 0; i < 1_000; i++) {
      Duration wait = budget.untilPositive();
      if (wait.isZero()) {
        budget.spend(1 + i % 25);
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
    Budget.UNLIMITED.spend(Long.MAX_VALUE);

    assertThat(Budget.UNLIMITED.untilPositive()).isZero();
  }
}
