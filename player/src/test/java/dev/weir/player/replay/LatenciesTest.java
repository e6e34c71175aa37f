package dev.weir.player.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  private long now;
  private final Latencies latencies = new Latencies(() -> now);

  @Test
  void tellsPercentilesInMilliseconds() {
    for (int i = 1; i <= 100; i++) {
      latencies.record(Duration.ofMillis(i));
    }

    assertThat(latencies.percentiles().p50()).isCloseTo(50, within(1.0));
    assertThat(latencies.percentiles().p95()).isCloseTo(95, within(1.0));
    assertThat(latencies.percentiles().p99()).isCloseTo(99, within(1.0));
  }

  @Test
  void forgetsWhatIsLongAgo() {
    latencies.record(Duration.ofSeconds(9));
    for (int i = 0; i < 3; i++) {
      now += Duration.ofSeconds(10).toNanos();
      latencies.record(Duration.ofMillis(1));
    }

    assertThat(latencies.percentiles().p99()).isCloseTo(1, within(0.1));
  }

  @Test
  void tellsZeroWhereThereIsNothing() {
    assertThat(latencies.percentiles()).isEqualTo(new Latencies.Percentiles(0, 0, 0));
  }
}
