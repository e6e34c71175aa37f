package dev.weir.relay.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.relay.ManualClock;
import dev.weir.relay.Samples;
import dev.weir.relay.lease.Group;
import dev.weir.relay.lease.GroupView;
import dev.weir.relay.store.InMemoryDeadStore;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.wire.DeadPage;
import dev.weir.wire.DeadQuery;
import dev.weir.wire.GroupOrder;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.LeasedCapture;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What operators do to a bucket, and what its groups are. */
class OperationsTest {
  private static final RunId RUN = RunId.random();
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualClock clock = new ManualClock();
  private final InMemoryDeadStore dead = new InMemoryDeadStore(ByteSize.ofMegabytes(1));
  private InMemorySpool spool =
      new InMemorySpool(ByteSize.ofMegabytes(4), Duration.ofDays(30), clock);
  private Bucket bucket = open(null, Map.of());
  private long acked;
  private long lastLease;

  private Bucket open(@Nullable Duration keep, Map<GroupName, GroupStart> groups) {
    try {
      return Bucket.open(
          new BucketName("shop"),
          new Bucket.Rules(WhenFull.REFUSE, keep, groups),
          spool,
          dead,
          clock.clocks(),
          null);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void reopen(@Nullable Duration keep, Map<GroupName, GroupStart> groups) {
    spool = spool.reopen(Map.of());
    bucket = open(keep, groups);
  }

  @AfterEach
  void balances() {
    pass(SECOND);
    assertThat(bucket.view().imbalance()).isZero();
  }

  private void pass(Duration time) {
    clock.advance(time);
    bucket.step();
  }

  private <T> T now(CompletableFuture<T> answer) {
    bucket.step();
    assertThat(answer).isDone();
    return answer.join();
  }

  private void arrive(String... sessions) {
    List<Entry> entries = new ArrayList<>();
    for (String session : sessions) {
      entries.add(new Frame(acked + 1 + entries.size(), Samples.capture(session)));
    }
    now(bucket.append(new Shipment(RUN, "web-1", acked, entries)));
    acked += sessions.length;
  }

  private List<Long> lease(String group, Order order, int max) {
    CompletableFuture<Optional<Group.Grant>> answer = bucket.lease(
        new LeaseRequest(new GroupName(group), "player", order, max, 1 << 20, 60_000, 0));
    Optional<Group.Grant> grant = now(answer);
    lastLease = grant.map(Group.Grant::lease).orElse(0L);
    return grant.map(Group.Grant::captures).orElse(List.of()).stream()
        .map(LeasedCapture::offset)
        .toList();
  }

  private List<Long> lease(String group) {
    return lease(group, Order.SESSION, 100);
  }

  private void die(long... offsets) {
    lease("default");
    for (long offset : offsets) {
      now(bucket.settle(lastLease, Samples.dead(offset)));
    }
    now(bucket.settle(lastLease, Samples.done()));
  }

  private GroupView group(String name) {
    pass(SECOND);
    return bucket.view().groups().stream()
        .filter(group -> group.name().value().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<String> groups() {
    return bucket.view().groups().stream().map(group -> group.name().value()).toList();
  }

  private static DeadQuery dead(@Nullable String path, int max) {
    return new DeadQuery(null, null, null, null, null, path, null, null, 0, null, max);
  }

  private static GroupOrder order(@Nullable String group, @Nullable Long ageMs) {
    return new GroupOrder(group == null ? null : new GroupName(group), ageMs, false);
  }

  private Optional<GroupOrder.Done> rewind(GroupOrder order) {
    return now(bucket.operate(operations -> operations.rewind(order)));
  }

  private Optional<GroupOrder.Done> purge(GroupOrder order) {
    return now(bucket.operate(operations -> operations.purge(order)));
  }

  private Operations.Forgotten forget(String group) {
    return now(bucket.operate(operations -> operations.forget(new GroupName(group), false)));
  }

  @Test
  void listsTheDeadThatAreMeant() {
    arrive("a", "b", "ab");
    die(1, 2, 3);
    DeadPage all = now(bucket.operate(operations -> operations.list(dead(null, 2))));
    assertThat(all.dead()).extracting(DeadPage.Dead::target).containsExactly("/a", "/b");
    assertThat(all.end()).isFalse();
    DeadQuery next = dead(null, 2).page(all.last(), null, 2, Duration.ZERO);
    DeadPage rest = now(bucket.operate(operations -> operations.list(next)));
    assertThat(rest.dead()).extracting(DeadPage.Dead::target).containsExactly("/ab");
    assertThat(
            now(bucket.operate(operations -> operations.list(dead("/a*", 9)))).dead())
        .extracting(DeadPage.Dead::target)
        .containsExactly("/a", "/ab");
    DeadQuery fives = new DeadQuery(null, null, "n*o", "4xx", "get", null, 0L, 1_000L, 0, null, 9);
    assertThat(now(bucket.operate(operations -> operations.list(fives))).dead()).hasSize(3);
    DeadQuery none = new DeadQuery(null, null, null, "5xx", null, null, null, null, 0, null, 9);
    assertThat(now(bucket.operate(operations -> operations.list(none))).dead()).isEmpty();
  }

  @Test
  void leasesWhatIsRedrivenInPlaceUntilItIsDelivered() {
    arrive("a", "b");
    die(1, 2);
    assertThat(
            now(bucket.operate(operations -> operations.redrive(dead("/a", 9)))).dead())
        .hasSize(1);
    assertThat(lease("default")).containsExactly(1L);
    assertThat(group("default").dead()).as("dead until it is delivered").isEqualTo(2);
    now(bucket.settle(lastLease, Samples.delivered(1)));
    assertThat(group("default"))
        .extracting(GroupView::dead, GroupView::delivered)
        .containsExactly(1L, 1L);
    assertThat(dead.read(null, null, 0, 9)).hasSize(1);
  }

  @Test
  void buriesAgainWhatFailsAgain() {
    arrive("a");
    die(1);
    now(bucket.operate(operations -> operations.redrive(dead(null, 9))));
    assertThat(lease("default")).containsExactly(1L);
    now(bucket.settle(lastLease, Samples.dead(1)));
    DeadPage.Dead again =
        now(bucket.operate(operations -> operations.list(dead(null, 9)))).dead().get(0);
    assertThat(again.attempts()).isEqualTo(2);
    assertThat(again.due()).isFalse();
    assertThat(lease("default")).isEmpty();
  }

  @Test
  void goesOnWithARedriveAfterARestart() {
    arrive("a", "b");
    die(1, 2);
    now(bucket.operate(operations -> operations.redrive(dead(null, 9))));
    reopen(null, Map.of());
    assertThat(lease("default")).containsExactly(1L, 2L);
  }

  @Test
  void letsTheRedrivenHoldUpNobodyOfTheirSession() {
    arrive("a", "b");
    die(1);
    now(bucket.operate(operations -> operations.redrive(dead(null, 9))));
    lease("default", Order.SESSION, 1);
    now(bucket.settle(lastLease, Samples.retry(1, 60_000)));
    arrive("a");
    assertThat(lease("default")).containsExactly(2L, 3L);
  }

  @Test
  void keepsHalfOfALeaseForWhatIsNew() {
    arrive("a", "b", "c", "d");
    die(1, 2, 3, 4);
    now(bucket.operate(operations -> operations.redrive(dead(null, 9))));
    arrive("e", "f", "g");
    assertThat(lease("default", Order.NONE, 4)).containsExactly(1L, 2L, 5L, 6L);
  }

  @Test
  void countsWhatIsPurgedOfTheDead() {
    arrive("a", "b");
    die(1, 2);
    now(bucket.operate(operations -> operations.purgeDead(dead("/b", 9))));
    assertThat(group("default").dead()).isEqualTo(1);
    assertThat(group("default").lost().byReason()).isEqualTo(Map.of(LossReason.PURGED, 1L));
  }

  @Test
  void leasesNothingWhilePausedRestartsIncluded() {
    arrive("a");
    lease("other", Order.SESSION, 1);
    now(bucket.settle(lastLease, Samples.done()));
    now(bucket.operate(operations -> operations.pause(new GroupName("other"))));
    reopen(null, Map.of());
    assertThat(lease("other")).isEmpty();
    assertThat(lease("default")).containsExactly(1L);
    assertThat(group("other").pausedMs()).isNotNull();
    now(bucket.operate(operations -> operations.resume(new GroupName("other"))));
    assertThat(lease("other")).containsExactly(1L);
  }

  @Test
  void pausesAWholeBucketRestartsIncluded() {
    arrive("a");
    now(bucket.operate(operations -> operations.pause(null)));
    reopen(null, Map.of());
    assertThat(lease("default")).isEmpty();
    assertThat(lease("new")).isEmpty();
    assertThat(bucket.view().pausedMs()).isNotNull();
    now(bucket.operate(operations -> operations.resume(null)));
    assertThat(lease("default")).containsExactly(1L);
    reopen(null, Map.of());
    assertThat(bucket.view().pausedMs()).isNull();
  }

  @Test
  void replaysAgainWhatArrivedSince() {
    reopen(Duration.ofDays(1), Map.of());
    arrive("a", "b");
    pass(Duration.ofHours(1));
    arrive("c");
    assertThat(lease("default")).hasSize(3);
    now(bucket.settle(lastLease, Samples.delivered(1, 2, 3)));
    GroupOrder count = new GroupOrder(new GroupName("default"), 600_000L, true);
    assertThat(rewind(count)).contains(new GroupOrder.Done(1));
    assertThat(lease("default")).as("it was counted only").isEmpty();
    rewind(order("default", 600_000L));
    assertThat(lease("default")).containsExactly(3L);
    rewind(order("default", null));
    assertThat(lease("default")).containsExactly(1L, 2L, 3L);
    now(bucket.settle(lastLease, Samples.delivered(1, 2, 3)));
    assertThat(group("default"))
        .extracting(GroupView::captures, GroupView::rewound, GroupView::delivered)
        .containsExactly(6L, 3L, 6L);
    assertThat(rewind(order("nobody", null))).isEmpty();
  }

  @Test
  void givesUpWhatWaitsAndCountsIt() {
    arrive("a", "b");
    pass(Duration.ofHours(1));
    arrive("c", "d");
    assertThat(lease("default", Order.SESSION, 1)).containsExactly(1L);
    assertThat(purge(order(null, 600_000L)))
        .as("number 1 is with a player")
        .contains(new GroupOrder.Done(1));
    assertThat(group("default").lost().byReason()).isEqualTo(Map.of(LossReason.PURGED, 1L));
    assertThat(lease("default")).containsExactly(3L, 4L);
  }

  @Test
  void givesEachGroupEverything() {
    arrive("a", "b");
    assertThat(lease("one")).containsExactly(1L, 2L);
    assertThat(lease("two")).containsExactly(1L, 2L);
  }

  @Test
  void letsTheFirstGroupTakeThePlaceOfTheDefault() {
    arrive("a");
    assertThat(groups()).containsExactly("default");
    assertThat(lease("main")).containsExactly(1L);
    assertThat(groups()).containsExactly("main");
    now(bucket.settle(lastLease, Samples.delivered(1)));
    pass(SECOND);
    assertThat(spool.state().first()).as("nobody holds it back").isEqualTo(2);
    reopen(null, Map.of());
    assertThat(groups()).containsExactly("main");
  }

  @Test
  void keepsTheDefaultThatSomebodyUses() {
    arrive("a");
    assertThat(lease("default")).containsExactly(1L);
    pass(SECOND);
    reopen(null, Map.of());
    assertThat(lease("main")).containsExactly(1L);
    assertThat(groups()).containsExactly("default", "main");
  }

  @Test
  void startsGroupsAsTheyAreConfigured() {
    arrive("a");
    lease("default");
    pass(SECOND);
    reopen(
        null,
        Map.of(new GroupName("old"), GroupStart.OLDEST, new GroupName("young"), GroupStart.NEWEST));
    arrive("b");
    assertThat(groups()).containsExactly("default", "old", "young");
    assertThat(lease("old")).containsExactly(1L, 2L);
    assertThat(lease("young")).containsExactly(2L);
  }

  @Test
  void dropsNothingForSilenceWhereEverybodyIsSilent() {
    arrive("a");
    pass(Group.SILENT_AFTER.plusSeconds(2));
    pass(SECOND);
    assertThat(lease("default")).containsExactly(1L);
  }

  @Test
  void forgetsAGroupButNotTheLast() {
    arrive("a");
    lease("default");
    lease("audit");
    assertThat(forget("default")).isEqualTo(Operations.Forgotten.DONE);
    assertThat(forget("audit")).isEqualTo(Operations.Forgotten.LAST);
    assertThat(forget("x")).isEqualTo(Operations.Forgotten.UNKNOWN);
    reopen(null, Map.of());
    assertThat(groups()).containsExactly("audit");
    assertThat(bucket.view().earlier()).isZero();
  }
}
