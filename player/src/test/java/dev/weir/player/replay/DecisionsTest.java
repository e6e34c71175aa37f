package dev.weir.player.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.wire.Settlement;
import dev.weir.wire.Settlement.Range;
import org.junit.jupiter.api.Test;

class DecisionsTest {
  private static final RunId RUN = RunId.random();

  @Test
  void saysOffsetsInAsFewRangesAsHoldThem() {
    Decisions decisions = new Decisions();
    for (long offset : new long[] {9, 3, 1, 2, 5, 4, 7}) {
      decisions.delivered(offset, new CaptureId(RUN, offset));
    }
    decisions.released(6);

    Settlement settlement = decisions.settlement(true);

    assertThat(settlement.delivered())
        .containsExactly(new Range(1, 5), new Range(7, 7), new Range(9, 9));
    assertThat(settlement.released()).containsExactly(new Range(6, 6));
    assertThat(settlement.done()).isTrue();
    assertThat(decisions.count()).isEqualTo(8);
  }

  @Test
  void saysNothingWhereNothingWasDecided() {
    Settlement settlement = new Decisions().settlement(false);

    assertThat(settlement.delivered()).isEmpty();
    assertThat(settlement.released()).isEmpty();
  }
}
