package dev.weir.relay.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.Samples;
import dev.weir.relay.lease.Group;
import dev.weir.relay.lease.GroupView;
import dev.weir.relay.lease.Settled;
import dev.weir.unit.GroupName;
import dev.weir.wire.DeadPage;
import dev.weir.wire.DeadQuery;
import dev.weir.wire.GroupOrder;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Settlement;
import dev.weir.wire.Settlement.Range;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a settlement where the dead store must hear of it, and may not. */
class BurialTest {
  private static final String GROUP = "default";
  private static final DeadQuery ALL =
      new DeadQuery(null, null, null, null, null, null, null, null, 0, null, 500);

  private final TestBucket test = new TestBucket();

  @AfterEach
  void balances() {
    test.pass(Duration.ofSeconds(1));
    assertThat(test.bucket.view().imbalance()).isZero();
  }

  private void refused(long lease, Settlement settlement) {
    CompletableFuture<Settled> answer = test.bucket.settle(lease, settlement);
    test.bucket.step();
    assertThat(answer)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(IOException.class);
  }

  /** Some are dead, and are tried again. */
  private void redrive(int count) {
    test.ship(count);
    long lease = test.lease(GROUP).orElseThrow().lease();
    for (long offset = 1; offset <= count; offset++) {
      test.now(test.bucket.settle(lease, Samples.dead(offset)));
    }
    test.now(test.bucket.operate(operations -> operations.redrive(ALL)));
    test.dead.marks = 0;
  }

  @Test
  void booksTheRestWhereNobodyCanBeBuried() {
    test.ship(5);
    long lease = test.lease(GROUP).orElseThrow().lease();
    Settlement all = new Settlement(
        List.of(new Range(1, 2)),
        List.of(new Settlement.Refusal(3, "not wanted")),
        List.of(new Settlement.Retry(4, 30_000, "503")),
        List.of(new Settlement.Dead(5, "no", 418, null)),
        List.of(),
        true);
    test.dead.buriesNothing = true;
    refused(lease, all);

    assertThat(test.group(GROUP))
        .extracting(
            GroupView::delivered, GroupView::filtered, GroupView::delayed, GroupView::leased)
        .containsExactly(2L, 1L, 1L, 1L);
    assertThat(test.memory.state().first()).as("what is delivered is let go").isEqualTo(4);

    test.dead.buriesNothing = false;
    assertThat(test.now(test.bucket.settle(lease, all))).isEqualTo(Settled.BOOKED);
    assertThat(test.group(GROUP))
        .extracting(GroupView::delivered, GroupView::filtered, GroupView::delayed, GroupView::dead)
        .containsExactly(2L, 1L, 1L, 1L);
    test.pass(Duration.ofSeconds(30));
    assertThat(test.lease(GROUP).orElseThrow().captures())
        .extracting(LeasedCapture::attempt)
        .containsExactly(2);
  }

  @Test
  void keepsARedrivenOneUntilItIsMarked() {
    redrive(1);
    Group.Grant again = test.lease(GROUP).orElseThrow();
    test.dead.marksNothing = true;
    refused(again.lease(), Samples.delivered(1));
    assertThat(test.group(GROUP))
        .extracting(GroupView::dead, GroupView::leases)
        .containsExactly(1L, 1);

    test.dead.marksNothing = false;
    assertThat(test.now(test.bucket.settle(again.lease(), Samples.delivered(1))))
        .isEqualTo(Settled.BOOKED);
    assertThat(test.group(GROUP))
        .extracting(GroupView::delivered, GroupView::dead)
        .containsExactly(1L, 0L);
  }

  @Test
  void booksARedrivenOneWhereAnotherCannotBeBuried() {
    redrive(1);
    test.ship(1);
    Group.Grant both = test.lease(GROUP).orElseThrow();
    Settlement word = new Settlement(
        List.of(new Range(1, 1)),
        List.of(),
        List.of(),
        List.of(new Settlement.Dead(2, "no", 418, null)),
        List.of(),
        true);
    test.dead.buriesNothing = true;
    refused(both.lease(), word);

    assertThat(test.group(GROUP))
        .extracting(GroupView::delivered, GroupView::dead, GroupView::leased)
        .containsExactly(1L, 0L, 1L);
    test.dead.buriesNothing = false;
  }

  @Test
  void marksAllThatASettlementNamesAtOnce() {
    redrive(3);
    Group.Grant again = test.lease(GROUP).orElseThrow();
    Settlement apart = Samples.delivered(1, 2, 3);

    assertThat(test.now(test.bucket.settle(again.lease(), apart))).isEqualTo(Settled.BOOKED);

    assertThat(test.group(GROUP).delivered()).isEqualTo(3);
    assertThat(test.dead.marks).isEqualTo(1);
  }

  @Test
  void takesBackTheOtherLeasesWhereNobodyCanBeBuried() {
    test.ship(1);
    for (int times = 1; times < 5; times++) {
      assertThat(TestBucket.offsets(test.lease(GROUP))).containsExactly(1L);
      test.pass(Duration.ofMinutes(1));
    }
    assertThat(TestBucket.offsets(test.lease(GROUP))).as("for the last time").containsExactly(1L);
    test.ship(1);
    assertThat(TestBucket.offsets(test.lease(GROUP))).containsExactly(2L);
    test.dead.buriesNothing = true;
    test.pass(Duration.ofMinutes(1));

    assertThat(test.group(GROUP))
        .extracting(GroupView::leased, GroupView::waiting)
        .containsExactly(1L, 1L);
    test.dead.buriesNothing = false;
    assertThat(test.group(GROUP))
        .extracting(GroupView::dead, GroupView::leased)
        .containsExactly(1L, 0L);
  }

  @Test
  void booksAsLostWhoWasInAStoreThatIsDamaged() {
    redrive(2);
    long again = test.lease(GROUP).orElseThrow().lease();
    test.ship(2);
    long fresh = test.lease(GROUP).orElseThrow().lease();
    assertThat(test.now(test.bucket.settle(fresh, Samples.dead(3)))).isEqualTo(Settled.BOOKED);
    test.dead.breaks = true;
    refused(fresh, Samples.dead(4));

    assertThat(test.group(GROUP))
        .extracting(GroupView::dead, GroupView::leased, view -> view.lost().total())
        .containsExactly(0L, 1L, 3L);
    assertThat(test.now(test.bucket.settle(again, Samples.delivered(1, 2))))
        .as("too late")
        .isEqualTo(Settled.BOOKED);
    assertThat(test.now(test.bucket.settle(fresh, Samples.dead(4)))).isEqualTo(Settled.BOOKED);
    assertThat(test.group(GROUP))
        .extracting(GroupView::dead, GroupView::delivered, view -> view.lost().total())
        .containsExactly(1L, 0L, 3L);
  }

  @Test
  void meetsOnceMoreWhoIsStillToBeMetWhenTheStoreIsDamaged() {
    test.restart(Duration.ofHours(1), Map.of());
    test.ship(2);
    long lease = test.lease(GROUP).orElseThrow().lease();
    test.now(test.bucket.settle(lease, Samples.dead(1)));
    test.now(test.bucket.settle(lease, Samples.delivered(2)));
    GroupOrder all = new GroupOrder(new GroupName(GROUP), null, false);
    test.now(test.bucket.operate(operations -> operations.rewind(all)));
    test.dead.breaks = true;
    CompletableFuture<DeadPage> look = test.bucket.operate(operations -> operations.list(ALL));
    test.bucket.step();
    assertThat(look).isCompletedExceptionally();

    assertThat(test.group(GROUP).lost().total()).isZero();
    assertThat(TestBucket.offsets(test.lease(GROUP))).containsExactly(1L, 2L);
  }
}
