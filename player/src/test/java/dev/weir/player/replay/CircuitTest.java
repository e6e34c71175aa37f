package dev.weir.player.replay;

import static dev.weir.player.replay.Circuit.State.CLOSED;
import static dev.weir.player.replay.Circuit.State.HALF_OPEN;
import static dev.weir.player.replay.Circuit.State.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitTest {
  private final Circuit circuit = new Circuit();
  private long now;

  @Test
  void opensAfterTenFailuresInARow() {
    fail(9);
    circuit.succeeded();
    fail(9);
    assertThat(circuit.state(now)).isEqualTo(CLOSED);

    fail(1);

    assertThat(circuit.state(now)).isEqualTo(OPEN);
    assertThat(circuit.untilProbe(now)).isEqualTo(Circuit.SHORTEST);
  }

  @Test
  void probesAfterAWhileAndClosesOnSuccess() {
    fail(10);
    pass(Circuit.SHORTEST);
    assertThat(circuit.state(now)).isEqualTo(HALF_OPEN);

    circuit.succeeded();

    assertThat(circuit.state(now)).isEqualTo(CLOSED);
  }

  @Test
  void waitsTwiceAsLongAfterEachProbeThatFails() {
    fail(10);
    Duration expected = Circuit.SHORTEST;
    for (int i = 0; i < 10; i++) {
      assertThat(circuit.untilProbe(now)).isEqualTo(expected);
      pass(expected);
      assertThat(circuit.state(now)).isEqualTo(HALF_OPEN);
      fail(1);
      Duration twice = expected.multipliedBy(2);
      expected = twice.compareTo(Circuit.LONGEST) < 0 ? twice : Circuit.LONGEST;
    }
    assertThat(expected).isEqualTo(Circuit.LONGEST);
  }

  @Test
  void learnsNothingFromFailuresOfBeforeItOpened() {
    fail(10);
    fail(30);

    pass(Circuit.SHORTEST);
    assertThat(circuit.state(now)).isEqualTo(HALF_OPEN);
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      circuit.failed(now);
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
