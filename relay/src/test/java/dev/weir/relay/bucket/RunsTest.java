package dev.weir.relay.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ledger.LossReason;
import dev.weir.spool.FaultySpool;
import dev.weir.spool.Spool.Gap;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a bucket forgets a run, and that its sums stay. */
class RunsTest {
  private final TestBucket test = new TestBucket();

  @AfterEach
  void balances() {
    test.pass(Duration.ofSeconds(1));
    assertThat(test.bucket.view().imbalance()).isZero();
  }

  @Test
  void forgetsARunAfterNinetyDaysButNotItsSums() {
    test.ship(2);
    Gap gap = new Gap(3, 5, LossReason.EVICTED);
    test.now(test.bucket.append(new Shipment(TestBucket.RUN, "web-1", 2, List.of(gap))));
    test.restart();
    test.pass(RunBooks.FORGET_AFTER.plusSeconds(1));
    test.pass(Duration.ofSeconds(1));
    assertThat(test.bucket.view().runs()).isEmpty();
    assertThat(test.bucket.view().totals())
        .extracting(RunBook::mark, RunBook::stored)
        .containsExactly(5L, 2L);
    test.restart();
    assertThat(test.bucket.view().totals().mark()).isEqualTo(5);
  }

  @Test
  void forgetsARunThatItHasHeardItselfToo() {
    test.ship(2);
    test.pass(RunBooks.FORGET_AFTER);
    assertThat(test.bucket.view().runs()).hasSize(1);
    test.pass(Duration.ofSeconds(1));
    assertThat(test.bucket.view().runs()).isEmpty();
    assertThat(test.bucket.view().totals().stored()).isEqualTo(2);
  }

  @Test
  void forgetsNoRunBecauseTheClockJumpedWhileItWasClosed() {
    test.ship(2);
    test.clock.advance(Duration.ofDays(365));
    test.restart();
    test.pass(Duration.ofSeconds(1));
    test.pass(Duration.ofHours(23));
    assertThat(test.bucket.view().runs()).hasSize(1);

    test.pass(Duration.ofHours(1));
    assertThat(test.bucket.view().runs()).isEmpty();
  }

  @Test
  void forgetsNoRunThatTheDiskStillHas() {
    test.ship(2);
    test.pass(RunBooks.FORGET_AFTER);
    test.spool.fail(FaultySpool.Call.APPEND, Integer.MAX_VALUE);
    test.pass(Duration.ofSeconds(1));
    assertThat(test.bucket.view().runs()).hasSize(1);
    assertThat(test.bucket.view().totals().mark()).isEqualTo(2);

    test.spool.heal();
    test.pass(Duration.ofSeconds(1));
    assertThat(test.bucket.view().runs()).isEmpty();
    test.restart();
    assertThat(test.bucket.view().totals().mark()).isEqualTo(2);
  }
}
