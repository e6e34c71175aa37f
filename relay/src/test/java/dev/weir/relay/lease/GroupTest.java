package dev.weir.relay.lease;

import static dev.weir.relay.Samples.dead;
import static dev.weir.relay.Samples.delivered;
import static dev.weir.relay.Samples.done;
import static dev.weir.relay.Samples.filtered;
import static dev.weir.relay.Samples.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.CaptureId;
import dev.weir.ledger.LossReason;
import dev.weir.relay.Samples;
import dev.weir.relay.store.DeadId;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Settlement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupTest {
  private final TestGroup test = new TestGroup();

  @AfterEach
  void balances() {
    assertThat(test.view().imbalance()).isZero();
  }

  @Test
  void leasesEachCaptureOnce() throws Exception {
    test.arrive("a", "b", "c");
    assertThat(test.lease(Order.SESSION, 2)).containsExactly(1L, 2L);
    assertThat(test.lease(Order.SESSION, 2)).containsExactly(3L);
    assertThat(test.lease(Order.SESSION, 2)).isEmpty();
    assertThat(test.view())
        .extracting(GroupView::leased, GroupView::waiting)
        .containsExactly(3L, 0L);
  }

  @Test
  void keepsASessionWithOneLease() throws Exception {
    test.arrive("a", "b", "a");
    assertThat(test.lease(Order.SESSION, 1)).containsExactly(1L);
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(2L);
    test.group.settle(1, delivered(1));
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(3L);
  }

  @Test
  void goesOnWithTheSessionsOfALease() throws Exception {
    test.arrive("a", "b", "a", "b", "c");
    test.lease(Order.SESSION, 2);
    assertThat(test.more(1, 2)).containsExactly(3L, 4L);
    assertThat(test.lease(Order.SESSION, 10)).as("a and b are with lease 1").containsExactly(5L);
    test.group.settle(1, delivered(1, 2, 3, 4));
    test.arrive("a", "c");
    assertThat(test.more(1, 10)).as("lease 1 has ended").containsExactly(6L);
    assertThat(test.view())
        .extracting(GroupView::delivered, GroupView::leases)
        .containsExactly(4L, 2);
  }

  @Test
  void addsNothingThatWasLeasedBefore() throws Exception {
    test.arrive("a", "b", "a", "c");
    test.lease(Order.SESSION, 2);
    test.group.settle(1, retry(1, 1_000));
    assertThat(test.more(1, 10)).as("a waits").containsExactly(4L);
    assertThat(test.group.settle(1, retry(1, 1_000))).as("said again").isEqualTo(Settled.BOOKED);
    test.clock.advance(Duration.ofSeconds(1));
    Group.Grant again = test.group.lease(++test.leases, TestGroup.request(Order.SESSION, 10), 1);
    assertThat(again.lease()).isEqualTo(test.leases);
    assertThat(again.captures()).extracting(LeasedCapture::offset).containsExactly(1L, 3L);
    assertThat(again.captures()).extracting(LeasedCapture::attempt).containsExactly(2, 1);
  }

  @Test
  void handsBackWhatWasAddedForAPlayerThatIsGone() throws Exception {
    test.arrive("a", "a");
    test.lease(Order.SESSION, 1);
    Group.Grant added = test.group.lease(++test.leases, TestGroup.request(Order.SESSION, 1), 1);
    test.group.settle(added.lease(), added.handBack());
    assertThat(test.view())
        .extracting(GroupView::leased, GroupView::waiting)
        .containsExactly(1L, 1L);
    test.group.settle(1, delivered(1));
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(2L);
  }

  @Test
  void keepsNoOrderWhereNoneIsAskedFor() throws Exception {
    test.arrive("a", "a");
    assertThat(test.lease(Order.NONE, 1)).containsExactly(1L);
    assertThat(test.lease(Order.NONE, 1)).containsExactly(2L);
  }

  @Test
  void takesTheWholeBucketAsOneSession() throws Exception {
    test.arrive("a", "b", "c");
    assertThat(test.lease(Order.BUCKET, 2)).containsExactly(1L, 2L);
    assertThat(test.lease(Order.BUCKET, 2)).isEmpty();
    test.group.settle(1, delivered(1, 2));
    assertThat(test.lease(Order.BUCKET, 2)).containsExactly(3L);
  }

  @Test
  void countsNoAttemptForWhatIsHeldBack() throws Exception {
    test.arrive("a", "a");
    test.lease(Order.SESSION, 2);
    Settlement.Retry held = new Settlement.Retry(1, 5_000, "held by a script", true);
    test.group.settle(
        test.leases,
        new Settlement(List.of(), List.of(), List.of(held), List.of(), List.of(), false));
    assertThat(test.lease(Order.SESSION, 2)).isEmpty();
    test.restart();
    test.clock.advance(Duration.ofSeconds(6));
    LeasedCapture again = test.captures(Order.SESSION, 1).get(0);
    assertThat(again.attempt()).isEqualTo(1);
    assertThat(again.ageMs()).isEqualTo(6_000);
  }

  @Test
  void countsTheAttemptsOfAllThatFailedTogether() throws Exception {
    test.arrive("a", "a", "a");
    test.lease(Order.SESSION, 3);
    List<Settlement.Retry> failed = List.of(
        new Settlement.Retry(1, 0, "503"),
        new Settlement.Retry(2, 0, "503"),
        new Settlement.Retry(3, 0, "503"));
    test.group.settle(
        test.leases, new Settlement(List.of(), List.of(), failed, List.of(), List.of(), true));
    assertThat(test.captures(Order.SESSION, 3))
        .extracting(LeasedCapture::attempt)
        .containsExactly(2, 2, 2);
  }

  @Test
  void readsNothingBehindACaptureThatAllOthersWaitFor() throws Exception {
    test.arrive(Collections.nCopies(Account.MAX_OPEN + 1, "a").toArray(String[]::new));
    test.lease(Order.BUCKET, 1);
    test.group.settle(test.leases, retry(1, 60_000));

    assertThat(test.lease(Order.BUCKET, 1_000)).isEmpty();
    assertThat(test.group.readsOn()).isFalse();
    test.clock.advance(Duration.ofMinutes(1));
    assertThat(test.lease(Order.BUCKET, 1_000)).hasSize(1_000).startsWith(1L, 2L, 3L);
    assertThat(test.view().stuck()).isFalse();
  }

  @Test
  void readsOnlySoFarAtATimeForASessionBehindOneThatWaits() throws Exception {
    test.arrive("a");
    test.lease(Order.SESSION, 1);
    test.group.settle(test.leases, retry(1, 3_600_000));
    test.arrive(Collections.nCopies(2_500, "a").toArray(String[]::new));
    test.arrive("b");

    assertThat(test.lease(Order.SESSION, 10)).isEmpty();
    assertThat(test.group.readsOn()).isTrue();
    assertThat(test.lease(Order.SESSION, 10)).isEmpty();
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(2_502L);
    assertThat(test.group.readsOn()).isFalse();
  }

  @Test
  void readsOnlySoManyBytesAtATime() throws Exception {
    String large = "x".repeat(1 << 20); // three times in a frame
    test.arrive(large);
    test.lease(Order.SESSION, 1);
    test.arrive(large, large, large, large, large, large, large);

    assertThat(test.lease(Order.SESSION, 1)).isEmpty();
    assertThat(test.group.readsOn()).isTrue();
    assertThat(test.lease(Order.SESSION, 1)).isEmpty();
    assertThat(test.group.readsOn()).isFalse();
  }

  @Test
  void stopsBeforeTheBytesAreTooMany() throws Exception {
    test.arrive("a", "b", "c");
    int size = Samples.capture("a").length;
    LeaseRequest small = new LeaseRequest(
        test.group.name(), "p", Order.SESSION, 10, 2L * size, TestGroup.LEASE.toMillis(), 0);
    Group.Grant grant = test.group.lease(++test.leases, small, Group.NO_LEASE);
    assertThat(grant.captures()).hasSize(2);
    LeaseRequest tiny = new LeaseRequest(
        test.group.name(), "p", Order.SESSION, 10, 1, TestGroup.LEASE.toMillis(), 0);
    assertThat(test.group.lease(++test.leases, tiny, Group.NO_LEASE).captures()).hasSize(1);
  }

  @Test
  void triesAgainAfterAWhileAndHandsBackTheRestOfTheSession() throws Exception {
    test.arrive("a", "a", "b");
    test.lease(Order.SESSION, 10);
    test.group.settle(1, retry(1, 5_000));
    assertThat(test.lease(Order.SESSION, 10)).as("a is delayed, b leased").isEmpty();
    assertThat(test.view())
        .extracting(GroupView::delayed, GroupView::waiting, GroupView::leased)
        .containsExactly(1L, 1L, 1L);
    test.clock.advance(Duration.ofMillis(4_999));
    assertThat(test.lease(Order.SESSION, 10)).isEmpty();
    test.clock.advance(Duration.ofMillis(1));
    List<LeasedCapture> again = test.captures(Order.SESSION, 10);
    assertThat(again).extracting(LeasedCapture::offset).containsExactly(1L, 2L);
    assertThat(again).extracting(LeasedCapture::attempt).containsExactly(2, 1);
    assertThat(again).extracting(LeasedCapture::ageMs).containsExactly(5_000L, 0L);
  }

  @Test
  void letsNoStuckSessionHideOthers() throws Exception {
    test.arrive("a", "a", "a", "b");
    test.lease(Order.SESSION, 1);
    test.group.settle(1, retry(1, 600_000));
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(4L);
  }

  @Test
  void countsFilteredAndDead() throws Exception {
    test.arrive("a", "b", "c");
    test.lease(Order.SESSION, 10);
    test.group.settle(1, filtered(1));
    test.group.settle(1, dead(2));
    test.group.settle(1, delivered(3));
    assertThat(test.view())
        .extracting(GroupView::filtered, GroupView::dead, GroupView::delivered, GroupView::open)
        .containsExactly(1L, 1L, 1L, 0L);
    assertThat(test.buried()).singleElement().satisfies(body -> {
      assertThat(body.offset()).isEqualTo(2);
      assertThat(body.status()).isEqualTo(418);
      assertThat(body.attempts()).isEqualTo(1);
    });
  }

  @Test
  void takesTheSameWordTwice() throws Exception {
    test.arrive("a", "b");
    test.lease(Order.SESSION, 10);
    test.group.settle(1, delivered(1, 2));
    assertThat(test.group.settle(1, delivered(1, 2))).isEqualTo(Settled.BOOKED);
    assertThat(test.view().delivered()).isEqualTo(2);
  }

  @Test
  void refusesAWordOnALeaseThatItNeverGave() throws Exception {
    test.arrive("a");
    assertThat(test.group.settle(7, delivered(1))).isEqualTo(Settled.UNKNOWN_LEASE);
    test.lease(Order.SESSION, 10);
    assertThat(test.group.settle(1, retry(9, 0))).isEqualTo(Settled.FOREIGN_OFFSET);
    assertThat(test.view().leased()).isEqualTo(1);
  }

  @Test
  void handsBackWhatIsNotNamedWhenALeaseEnds() throws Exception {
    test.arrive("a", "b");
    test.lease(Order.SESSION, 10);
    test.group.settle(1, done());
    List<LeasedCapture> again = test.captures(Order.SESSION, 10);
    assertThat(again).extracting(LeasedCapture::attempt).containsExactly(1, 1);
  }

  @Test
  void extendsALeaseThatStillRuns() throws Exception {
    test.arrive("a");
    test.lease(Order.SESSION, 10);
    test.clock.advance(TestGroup.LEASE.minusSeconds(1));
    assertThat(test.group.extend(1, TestGroup.LEASE)).isTrue();
    test.clock.advance(TestGroup.LEASE.minusSeconds(1));
    test.group.step();
    assertThat(test.view().leased()).isEqualTo(1);
    test.clock.advance(Duration.ofSeconds(1));
    test.group.step();
    assertThat(test.group.extend(1, TestGroup.LEASE)).isFalse();
  }

  @Test
  void believesALateDeliveryAndNothingElse() throws Exception {
    test.arrive("a", "b", "c");
    test.lease(Order.SESSION, 10);
    test.clock.advance(TestGroup.LEASE);
    test.group.step();
    test.group.settle(1, delivered(1));
    test.group.settle(1, retry(2, 600_000));
    test.group.settle(1, dead(3));
    assertThat(test.view())
        .extracting(GroupView::delivered, GroupView::delayed, GroupView::dead, GroupView::waiting)
        .containsExactly(1L, 0L, 0L, 2L);
    assertThat(test.buried()).isEmpty();
  }

  @Test
  void keepsASessionClosedWhileTheLaterLeaseStillRuns() throws Exception {
    test.arrive("a", "a");
    test.lease(Order.SESSION, 1);
    test.clock.advance(TestGroup.LEASE);
    test.group.step();
    assertThat(test.lease(Order.SESSION, 1)).containsExactly(1L);
    test.group.settle(1, delivered(1)); // late: lease 2 is at it too
    assertThat(test.lease(Order.SESSION, 10)).as("lease 2 has not spoken").isEmpty();
    test.group.settle(2, delivered(1));
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(2L);
    assertThat(test.view().delivered()).isEqualTo(1);
  }

  @Test
  void repeatsAfterARestartOnlyWhatWasNotSettled() throws Exception {
    test.arrive("a", "b", "c", "d");
    test.lease(Order.SESSION, 3);
    test.group.settle(1, retry(1, 600_000));
    test.group.settle(1, delivered(3));
    test.restart();
    assertThat(test.view())
        .extracting(GroupView::delivered, GroupView::waiting)
        .containsExactly(1L, 3L);
    List<LeasedCapture> again = test.captures(Order.SESSION, 10);
    assertThat(again).extracting(LeasedCapture::offset).containsExactly(1L, 2L, 4L);
    assertThat(again).extracting(LeasedCapture::attempt).containsExactly(2, 1, 1);
    assertThat(test.group.settle(99, delivered(2))).isEqualTo(Settled.UNKNOWN_LEASE);
  }

  @Test
  void countsAsDeadWhatWasBuriedButNotBooked() throws Exception {
    test.arrive("a", "b");
    byte[] before = test.group.unsaved();
    test.lease(Order.SESSION, 10);
    test.group.settle(1, dead(1)); // and then the relay is killed before the commit
    test.reopen(before);
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(2L);
    assertThat(test.view().dead()).isEqualTo(1);
  }

  @Test
  void countsAsLostWhatTheDeadBucketDropped() throws Exception {
    test.arrive("a", "b");
    test.lease(Order.SESSION, 10);
    test.group.settle(1, dead(1));
    test.group.loseDead(new CaptureId(TestGroup.RUN, 1));
    assertThat(test.view().dead()).isZero();
    assertThat(test.view().lost().byReason()).containsEntry(LossReason.EVICTED, 1L);
  }

  @Test
  void countsAsLostWhatTheDeadBucketDroppedBeforeARestart() throws Exception {
    test.arrive("a", "b");
    test.lease(Order.SESSION, 10);
    test.group.settle(1, dead(1));
    byte[] mark = test.group.unsaved();
    test.dead.remove(List.of(new DeadId(test.group.name(), new CaptureId(TestGroup.RUN, 1))));
    test.reopen(mark);
    assertThat(test.view().dead()).isZero();
    assertThat(test.view().lost().byReason()).containsEntry(LossReason.EVICTED, 1L);
  }

  @Test
  void booksWhatTheBucketHasLost() throws Exception {
    test.arrive("a", "b");
    test.spool.lose(3, LossReason.CORRUPT);
    test.arrive("c");
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(1L, 2L, 6L);
    assertThat(test.view().lost().byReason()).containsExactly(Map.entry(LossReason.CORRUPT, 3L));
  }

  @Test
  void booksWhatWasTruncatedUnderIt() throws Exception {
    test.arrive("a", "b", "c");
    test.spool.truncate(3);
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(3L);
    assertThat(test.view().lost().byReason()).containsExactly(Map.entry(LossReason.EVICTED, 2L));
    test.spool.truncate(4);
    test.arrive("d");
    assertThat(test.lease(Order.SESSION, 10)).containsExactly(4L);
  }

  @Test
  void booksWhatWasTruncatedUnderItUpToTheEnd() throws Exception {
    test.arrive("a", "b");
    test.spool.truncate(3);
    assertThat(test.lease(Order.SESSION, 10)).isEmpty();
    assertThat(test.view().lost().total()).isEqualTo(2);
  }

  @Test
  void readsNoFurtherWhenTooManyAreOpen() throws Exception {
    test.arrive(Collections.nCopies(Account.MAX_OPEN + 1, "a").toArray(String[]::new));
    test.lease(Order.SESSION, 1);
    do {
      assertThat(test.lease(Order.SESSION, 1)).isEmpty();
    } while (test.group.readsOn());
    assertThat(test.view().stuck()).isTrue();
    test.group.settle(1, delivered(1));
    assertThat(test.lease(Order.SESSION, 1)).containsExactly(2L);
  }
}
