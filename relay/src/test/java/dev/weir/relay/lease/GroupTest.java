package dev.weir.relay.lease;

import static dev.weir.relay.Samples.dead;
import static dev.weir.relay.Samples.delivered;
import static dev.weir.relay.Samples.done;
import static dev.weir.relay.Samples.filtered;
import static dev.weir.relay.Samples.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.relay.ManualClock;
import dev.weir.relay.Samples;
import dev.weir.relay.store.DeadCapture;
import dev.weir.relay.store.DeadId;
import dev.weir.relay.store.DeadRow;
import dev.weir.relay.store.Envelope;
import dev.weir.relay.store.InMemoryDeadStore;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupTest {
  private static final GroupName NAME = new GroupName("default");
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final RunId RUN = RunId.random();

  private final ManualClock clock = new ManualClock();
  private final InMemorySpool spool =
      new InMemorySpool(ByteSize.ofMegabytes(16), Duration.ofDays(7), clock);
  private final InMemoryDeadStore dead = new InMemoryDeadStore(ByteSize.ofMegabytes(1));
  private final Graveyard yard = new Graveyard(dead, dropped -> this.group.loseDead(dropped.id()));
  private Group group = Group.starting(NAME, 1, spool, yard, clock.clocks());
  private long leases;

  private List<DeadCapture> buried() {
    return dead.read(null, null, 0, 1_000).stream().map(DeadRow::capture).toList();
  }

  @AfterEach
  void balances() {
    assertThat(view().imbalance()).isZero();
  }

  private void arrive(String... sessions) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    for (String session : sessions) {
      CaptureId id = new CaptureId(RUN, spool.state().next() + frames.size());
      frames.add(new Envelope(id, clock.millis(), Samples.capture(session)).encode());
    }
    spool.append(frames, Map.of(), WhenFull.REFUSE);
  }

  private GroupView view() {
    return group.view(spool.state().next());
  }

  private static LeaseRequest request(Order order, int max) {
    return new LeaseRequest(NAME, "player", order, max, 1 << 20, LEASE.toMillis(), 0);
  }

  /** The offsets of a new lease, whose number is then {@link #leases}. */
  private List<Long> lease(Order order, int max) throws IOException {
    return captures(order, max).stream().map(LeasedCapture::offset).toList();
  }

  private List<LeasedCapture> captures(Order order, int max) throws IOException {
    Group.Grant grant = group.lease(++leases, request(order, max), Group.NO_LEASE);
    return grant == null ? List.of() : grant.captures();
  }

  /** The offsets of what is added to a lease, or of a new one. */
  private List<Long> more(long lease, int max) throws IOException {
    Group.Grant grant = group.lease(++leases, request(Order.SESSION, max), lease);
    return grant == null
        ? List.of()
        : grant.captures().stream().map(LeasedCapture::offset).toList();
  }

  private void restart() throws IOException {
    byte[] mark = group.unsaved();
    Assertions.assertThat(mark).isNotNull();
    group = Group.reopened(NAME, mark, spool, yard, clock.clocks());
  }

  @Test
  void leasesEachCaptureOnce() throws Exception {
    arrive("a", "b", "c");
    assertThat(lease(Order.SESSION, 2)).containsExactly(1L, 2L);
    assertThat(lease(Order.SESSION, 2)).containsExactly(3L);
    assertThat(lease(Order.SESSION, 2)).isEmpty();
    assertThat(view()).extracting(GroupView::leased, GroupView::waiting).containsExactly(3L, 0L);
  }

  @Test
  void keepsASessionWithOneLease() throws Exception {
    arrive("a", "b", "a");
    assertThat(lease(Order.SESSION, 1)).containsExactly(1L);
    assertThat(lease(Order.SESSION, 10)).containsExactly(2L);
    group.settle(1, delivered(1));
    assertThat(lease(Order.SESSION, 10)).containsExactly(3L);
  }

  @Test
  void goesOnWithTheSessionsOfALease() throws Exception {
    arrive("a", "b", "a", "b", "c");
    lease(Order.SESSION, 2);
    assertThat(more(1, 2)).containsExactly(3L, 4L);
    assertThat(lease(Order.SESSION, 10)).as("a and b are with lease 1").containsExactly(5L);
    group.settle(1, delivered(1, 2, 3, 4));
    arrive("a", "c");
    assertThat(more(1, 10)).as("lease 1 has ended").containsExactly(6L);
    assertThat(view()).extracting(GroupView::delivered, GroupView::leases).containsExactly(4L, 2);
  }

  @Test
  void addsNothingThatWasLeasedBefore() throws Exception {
    arrive("a", "b", "a", "c");
    lease(Order.SESSION, 2);
    group.settle(1, retry(1, 1_000));
    assertThat(more(1, 10)).as("a waits").containsExactly(4L);
    assertThat(group.settle(1, retry(1, 1_000))).as("said again").isEqualTo(Settled.BOOKED);
    clock.advance(Duration.ofSeconds(1));
    Group.Grant again = group.lease(++leases, request(Order.SESSION, 10), 1);
    assertThat(again.lease()).isEqualTo(leases);
    assertThat(again.captures()).extracting(LeasedCapture::offset).containsExactly(1L, 3L);
    assertThat(again.captures()).extracting(LeasedCapture::attempt).containsExactly(2, 1);
  }

  @Test
  void handsBackWhatWasAddedForAPlayerThatIsGone() throws Exception {
    arrive("a", "a");
    lease(Order.SESSION, 1);
    Group.Grant added = group.lease(++leases, request(Order.SESSION, 1), 1);
    group.settle(added.lease(), added.handBack());
    assertThat(view()).extracting(GroupView::leased, GroupView::waiting).containsExactly(1L, 1L);
    group.settle(1, delivered(1));
    assertThat(lease(Order.SESSION, 10)).containsExactly(2L);
  }

  @Test
  void takesBackAllThatALeaseHasGrownTo() throws Exception {
    arrive("a", "b", "a");
    lease(Order.SESSION, 2);
    group.settle(1, delivered(1));
    more(1, 1);
    group.settle(1, delivered(2));
    clock.advance(LEASE);
    group.step(); // what is left had neighbours, and so no attempt is counted
    assertThat(captures(Order.SESSION, 10)).extracting(LeasedCapture::attempt).containsExactly(1);
    clock.advance(LEASE);
    group.step();
    assertThat(captures(Order.SESSION, 10)).extracting(LeasedCapture::attempt).containsExactly(2);
  }

  @Test
  void keepsNoOrderWhereNoneIsAskedFor() throws Exception {
    arrive("a", "a");
    assertThat(lease(Order.NONE, 1)).containsExactly(1L);
    assertThat(lease(Order.NONE, 1)).containsExactly(2L);
  }

  @Test
  void takesTheWholeBucketAsOneSession() throws Exception {
    arrive("a", "b", "c");
    assertThat(lease(Order.BUCKET, 2)).containsExactly(1L, 2L);
    assertThat(lease(Order.BUCKET, 2)).isEmpty();
    group.settle(1, delivered(1, 2));
    assertThat(lease(Order.BUCKET, 2)).containsExactly(3L);
  }

  @Test
  void countsNoAttemptForWhatIsHeldBack() throws Exception {
    arrive("a", "a");
    lease(Order.SESSION, 2);
    Settlement.Retry held = new Settlement.Retry(1, 5_000, "held by a script", true);
    group.settle(
        leases, new Settlement(List.of(), List.of(), List.of(held), List.of(), List.of(), false));
    assertThat(lease(Order.SESSION, 2)).isEmpty();
    restart();
    clock.advance(Duration.ofSeconds(6));
    LeasedCapture again = captures(Order.SESSION, 1).get(0);
    assertThat(again.attempt()).isEqualTo(1);
    assertThat(again.ageMs()).isEqualTo(6_000);
  }

  @Test
  void stopsBeforeTheBytesAreTooMany() throws Exception {
    arrive("a", "b", "c");
    int size = Samples.capture("a").length;
    LeaseRequest small =
        new LeaseRequest(NAME, "p", Order.SESSION, 10, 2L * size, LEASE.toMillis(), 0);
    Group.Grant grant = group.lease(++leases, small, Group.NO_LEASE);
    assertThat(grant.captures()).hasSize(2);
    LeaseRequest tiny = new LeaseRequest(NAME, "p", Order.SESSION, 10, 1, LEASE.toMillis(), 0);
    assertThat(group.lease(++leases, tiny, Group.NO_LEASE).captures()).hasSize(1);
  }

  @Test
  void triesAgainAfterAWhileAndHandsBackTheRestOfTheSession() throws Exception {
    arrive("a", "a", "b");
    lease(Order.SESSION, 10);
    group.settle(1, retry(1, 5_000));
    assertThat(lease(Order.SESSION, 10)).as("a is delayed, b leased").isEmpty();
    assertThat(view())
        .extracting(GroupView::delayed, GroupView::waiting, GroupView::leased)
        .containsExactly(1L, 1L, 1L);
    clock.advance(Duration.ofMillis(4_999));
    assertThat(lease(Order.SESSION, 10)).isEmpty();
    clock.advance(Duration.ofMillis(1));
    List<LeasedCapture> again = captures(Order.SESSION, 10);
    assertThat(again).extracting(LeasedCapture::offset).containsExactly(1L, 2L);
    assertThat(again).extracting(LeasedCapture::attempt).containsExactly(2, 1);
    assertThat(again).extracting(LeasedCapture::ageMs).containsExactly(5_000L, 0L);
  }

  @Test
  void letsNoStuckSessionHideOthers() throws Exception {
    arrive("a", "a", "a", "b");
    lease(Order.SESSION, 1);
    group.settle(1, retry(1, 600_000));
    assertThat(lease(Order.SESSION, 10)).containsExactly(4L);
  }

  @Test
  void countsFilteredAndDead() throws Exception {
    arrive("a", "b", "c");
    lease(Order.SESSION, 10);
    group.settle(1, filtered(1));
    group.settle(1, dead(2));
    group.settle(1, delivered(3));
    assertThat(view())
        .extracting(GroupView::filtered, GroupView::dead, GroupView::delivered, GroupView::open)
        .containsExactly(1L, 1L, 1L, 0L);
    assertThat(buried()).singleElement().satisfies(body -> {
      assertThat(body.offset()).isEqualTo(2);
      assertThat(body.status()).isEqualTo(418);
      assertThat(body.attempts()).isEqualTo(1);
    });
  }

  @Test
  void takesTheSameWordTwice() throws Exception {
    arrive("a", "b");
    lease(Order.SESSION, 10);
    group.settle(1, delivered(1, 2));
    assertThat(group.settle(1, delivered(1, 2))).isEqualTo(Settled.BOOKED);
    assertThat(view().delivered()).isEqualTo(2);
  }

  @Test
  void refusesAWordOnALeaseThatItNeverGave() throws Exception {
    arrive("a");
    assertThat(group.settle(7, delivered(1))).isEqualTo(Settled.UNKNOWN_LEASE);
    lease(Order.SESSION, 10);
    assertThat(group.settle(1, retry(9, 0))).isEqualTo(Settled.FOREIGN_OFFSET);
    assertThat(view().leased()).isEqualTo(1);
  }

  @Test
  void handsBackWhatIsNotNamedWhenALeaseEnds() throws Exception {
    arrive("a", "b");
    lease(Order.SESSION, 10);
    group.settle(1, done());
    List<LeasedCapture> again = captures(Order.SESSION, 10);
    assertThat(again).extracting(LeasedCapture::attempt).containsExactly(1, 1);
  }

  @Test
  void leasesAloneWhatRanOutAndCountsOnlyThat() throws Exception {
    arrive("a", "b", "c");
    lease(Order.SESSION, 2);
    clock.advance(LEASE);
    group.step();
    List<LeasedCapture> first = captures(Order.SESSION, 10);
    assertThat(first).extracting(LeasedCapture::offset).containsExactly(1L);
    assertThat(first).extracting(LeasedCapture::attempt).containsExactly(1);
    assertThat(lease(Order.SESSION, 10)).containsExactly(2L);
    assertThat(lease(Order.SESSION, 10)).containsExactly(3L);
    clock.advance(LEASE);
    group.step();
    assertThat(captures(Order.SESSION, 10)).extracting(LeasedCapture::attempt).containsExactly(2);
  }

  @Test
  void addsNothingThatRanOutToALeaseWithOthers() throws Exception {
    arrive("a", "b", "c");
    lease(Order.SESSION, 1);
    lease(Order.SESSION, 1);
    group.extend(1, LEASE.multipliedBy(2));
    clock.advance(LEASE);
    group.step(); // lease 2 has run out, lease 1 has not
    group.settle(1, done());
    assertThat(lease(Order.SESSION, 10)).containsExactly(1L, 3L);
    assertThat(lease(Order.SESSION, 10)).containsExactly(2L);
  }

  @Test
  void buriesACaptureThatKillsItsPlayersWithoutItsNeighbours() throws Exception {
    arrive("a", "poison", "b");
    while (view().dead() == 0 && leases < 100) {
      List<Long> held = lease(Order.SESSION, 10);
      if (held.contains(2L)) {
        clock.advance(LEASE); // the player is gone
      } else {
        group.settle(leases, delivered(held.stream().mapToLong(Long::longValue).toArray()));
      }
      group.step();
    }
    // what was not poison may have been delivered before or after
    for (List<Long> held = lease(Order.SESSION, 10);
        !held.isEmpty();
        held = lease(Order.SESSION, 10)) {
      group.settle(leases, delivered(held.stream().mapToLong(Long::longValue).toArray()));
    }
    assertThat(view()).extracting(GroupView::dead, GroupView::delivered).containsExactly(1L, 2L);
    assertThat(buried()).extracting(DeadCapture::offset).containsExactly(2L);
    assertThat(leases)
        .as("one lease with neighbours, %s alone", Endings.RUN_OUTS_UNTIL_DEAD)
        .isLessThan(15);
  }

  @Test
  void leasesOneAtATimeWhatRanOutAloneBefore() throws Exception {
    arrive("a", "poison", "b", "c");
    lease(Order.SESSION, 10);
    for (int death = 0; death < 10 && view().dead() == 0; death++) {
      clock.advance(LEASE); // the player is gone, and all that it held runs out
      group.step();
      for (List<Long> held = lease(Order.SESSION, 1);
          !held.isEmpty();
          held = lease(Order.SESSION, 1)) {
        if (held.contains(2L)) {
          lease(Order.SESSION, 1); // what it leases besides dies with it
          lease(Order.SESSION, 1);
          break;
        }
        group.settle(leases, delivered(held.get(0)));
      }
    }
    assertThat(buried()).extracting(DeadCapture::offset).containsExactly(2L);
  }

  @Test
  void extendsALeaseThatStillRuns() throws Exception {
    arrive("a");
    lease(Order.SESSION, 10);
    clock.advance(LEASE.minusSeconds(1));
    assertThat(group.extend(1, LEASE)).isTrue();
    clock.advance(LEASE.minusSeconds(1));
    group.step();
    assertThat(view().leased()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(1));
    group.step();
    assertThat(group.extend(1, LEASE)).isFalse();
  }

  @Test
  void believesALateDeliveryAndNothingElse() throws Exception {
    arrive("a", "b", "c");
    lease(Order.SESSION, 10);
    clock.advance(LEASE);
    group.step();
    group.settle(1, delivered(1));
    group.settle(1, retry(2, 600_000));
    group.settle(1, dead(3));
    assertThat(view())
        .extracting(GroupView::delivered, GroupView::delayed, GroupView::dead, GroupView::waiting)
        .containsExactly(1L, 0L, 0L, 2L);
    assertThat(buried()).isEmpty();
  }

  @Test
  void keepsASessionClosedWhileTheLaterLeaseStillRuns() throws Exception {
    arrive("a", "a");
    lease(Order.SESSION, 1);
    clock.advance(LEASE);
    group.step();
    assertThat(lease(Order.SESSION, 1)).containsExactly(1L);
    group.settle(1, delivered(1)); // late: lease 2 is at it too
    assertThat(lease(Order.SESSION, 10)).as("lease 2 has not spoken").isEmpty();
    group.settle(2, delivered(1));
    assertThat(lease(Order.SESSION, 10)).containsExactly(2L);
    assertThat(view().delivered()).isEqualTo(1);
  }

  @Test
  void repeatsAfterARestartOnlyWhatWasNotSettled() throws Exception {
    arrive("a", "b", "c", "d");
    lease(Order.SESSION, 3);
    group.settle(1, retry(1, 600_000));
    group.settle(1, delivered(3));
    restart();
    assertThat(view()).extracting(GroupView::delivered, GroupView::waiting).containsExactly(1L, 3L);
    List<LeasedCapture> again = captures(Order.SESSION, 10);
    assertThat(again).extracting(LeasedCapture::offset).containsExactly(1L, 2L, 4L);
    assertThat(again).extracting(LeasedCapture::attempt).containsExactly(2, 1, 1);
    assertThat(group.settle(99, delivered(2))).isEqualTo(Settled.UNKNOWN_LEASE);
  }

  @Test
  void countsAsDeadWhatWasBuriedButNotBooked() throws Exception {
    arrive("a", "b");
    byte[] before = group.unsaved();
    lease(Order.SESSION, 10);
    group.settle(1, dead(1)); // and then the relay is killed before the commit
    group = Group.reopened(NAME, before, spool, yard, clock.clocks());
    assertThat(lease(Order.SESSION, 10)).containsExactly(2L);
    assertThat(view().dead()).isEqualTo(1);
  }

  @Test
  void countsAsLostWhatTheDeadBucketDropped() throws Exception {
    arrive("a", "b");
    lease(Order.SESSION, 10);
    group.settle(1, dead(1));
    group.loseDead(new CaptureId(RUN, 1));
    assertThat(view().dead()).isZero();
    assertThat(view().lost().byReason()).containsEntry(LossReason.EVICTED, 1L);
  }

  @Test
  void countsAsLostWhatTheDeadBucketDroppedBeforeARestart() throws Exception {
    arrive("a", "b");
    lease(Order.SESSION, 10);
    group.settle(1, dead(1));
    byte[] mark = group.unsaved();
    dead.remove(List.of(new DeadId(NAME, new CaptureId(RUN, 1))));
    group = Group.reopened(NAME, mark, spool, yard, clock.clocks());
    assertThat(view().dead()).isZero();
    assertThat(view().lost().byReason()).containsEntry(LossReason.EVICTED, 1L);
  }

  @Test
  void booksWhatTheBucketHasLost() throws Exception {
    arrive("a", "b");
    spool.lose(3, LossReason.CORRUPT);
    arrive("c");
    assertThat(lease(Order.SESSION, 10)).containsExactly(1L, 2L, 6L);
    assertThat(view().lost().byReason()).containsExactly(Map.entry(LossReason.CORRUPT, 3L));
  }

  @Test
  void booksWhatWasTruncatedUnderIt() throws Exception {
    arrive("a", "b", "c");
    spool.truncate(3);
    assertThat(lease(Order.SESSION, 10)).containsExactly(3L);
    assertThat(view().lost().byReason()).containsExactly(Map.entry(LossReason.EVICTED, 2L));
    spool.truncate(4);
    arrive("d");
    assertThat(lease(Order.SESSION, 10)).containsExactly(4L);
  }

  @Test
  void booksWhatWasTruncatedUnderItUpToTheEnd() throws Exception {
    arrive("a", "b");
    spool.truncate(3);
    assertThat(lease(Order.SESSION, 10)).isEmpty();
    assertThat(view().lost().total()).isEqualTo(2);
  }

  @Test
  void readsNoFurtherWhenTooManyAreOpen() throws Exception {
    String[] many = new String[Account.MAX_OPEN + 1];
    java.util.Arrays.fill(many, "a");
    arrive(many);
    lease(Order.SESSION, 1);
    assertThat(lease(Order.SESSION, 1)).isEmpty();
    assertThat(view().stuck()).isTrue();
    group.settle(1, delivered(1));
    assertThat(lease(Order.SESSION, 1)).containsExactly(2L);
  }
}
