package dev.weir.relay.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.relay.ManualClock;
import dev.weir.relay.Samples;
import dev.weir.relay.lease.Group;
import dev.weir.relay.lease.GroupView;
import dev.weir.relay.lease.Settled;
import dev.weir.relay.store.InMemoryDeadStore;
import dev.weir.spool.FaultySpool;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
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

class BucketTest {
  private static final BucketName NAME = new BucketName("shop");
  private static final RunId RUN = RunId.random();

  private final ManualClock clock = new ManualClock();
  private final InMemoryDeadStore dead = new InMemoryDeadStore(ByteSize.ofMegabytes(1));
  private InMemorySpool memory =
      new InMemorySpool(ByteSize.ofMegabytes(4), Duration.ofDays(7), clock);
  private FaultySpool spool = new FaultySpool(memory);
  private Bucket bucket = open(WhenFull.REFUSE, null);

  private Bucket open(WhenFull whenFull, @Nullable Duration keep) {
    try {
      Bucket.Rules rules = new Bucket.Rules(whenFull, keep, Map.of());
      return Bucket.open(NAME, rules, spool, dead, clock.clocks(), null);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void reopen(WhenFull whenFull, @Nullable Duration keep) {
    memory = memory.reopen(Map.of());
    spool = new FaultySpool(memory);
    bucket = open(whenFull, keep);
  }

  @AfterEach
  void balances() {
    pass(Duration.ofSeconds(1));
    assertThat(bucket.view().imbalance()).isZero();
  }

  /** Time for the bucket to tidy up. */
  private void pass(Duration time) {
    clock.advance(time);
    bucket.step();
  }

  private static List<Entry> frames(long from, int count) {
    List<Entry> entries = new ArrayList<>();
    for (long seq = from; seq < from + count; seq++) {
      entries.add(new Frame(seq, Samples.capture("s" + seq)));
    }
    return entries;
  }

  private static List<Entry> join(List<Entry> some, Entry... others) {
    List<Entry> all = new ArrayList<>(some);
    all.addAll(List.of(others));
    return all;
  }

  private <T> T now(CompletableFuture<T> answer) {
    bucket.step();
    assertThat(answer).isDone();
    return answer.join();
  }

  private Receipt ship(long acked, List<Entry> entries) {
    return now(bucket.append(new Shipment(RUN, "web-1", acked, entries)));
  }

  private RunBook book() {
    pass(Duration.ofSeconds(1));
    return bucket.view().runs().get(RUN);
  }

  private static LeaseRequest request(String group) {
    return new LeaseRequest(
        new GroupName(group), "player", Order.NONE, 100, 1 << 20, 60_000, 1_000);
  }

  private List<Long> lease(String group) {
    Optional<Group.Grant> grant = leaseNow(group);
    return grant.map(Group.Grant::captures).orElse(List.of()).stream()
        .map(LeasedCapture::offset)
        .toList();
  }

  private Optional<Group.Grant> leaseNow(String group) {
    CompletableFuture<Optional<Group.Grant>> answer = bucket.lease(request(group));
    bucket.step();
    if (!answer.isDone()) {
      pass(Duration.ofSeconds(1));
    }
    return answer.join();
  }

  private static void assertStored(Receipt receipt, long through, long duplicates) {
    assertThat(receipt).isInstanceOfSatisfying(Receipt.Stored.class, stored -> {
      assertThat(stored.through()).isEqualTo(through);
      assertThat(stored.duplicates()).isEqualTo(duplicates);
    });
  }

  @Test
  void takesPositionsThatNoBookKnowsForCopies() {
    ship(0, frames(1, 3));
    memory.lose(2, LossReason.CORRUPT); // as where a segment went with the books of its captures
    for (int starts = 0; starts < 2; starts++) {
      reopen(WhenFull.REFUSE, null);
      assertThat(bucket.view().totals().copies()).isEqualTo(2);
      assertThat(bucket.view().totals().mark()).isEqualTo(3 + starts);
      ship(0, frames(4 + starts, 1));
    }
  }

  @Test
  void takesABatchThatOverlapsWhatItHas() {
    assertStored(ship(0, frames(1, 3)), 3, 0);
    assertStored(ship(0, frames(1, 3)), 3, 3);
    assertStored(ship(0, frames(2, 4)), 5, 2);
    assertThat(lease("default")).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void refusesABatchThatBeginsAfterAHole() {
    assertStored(ship(0, frames(1, 2)), 2, 0);
    assertThat(ship(2, frames(4, 1))).isEqualTo(new Receipt.Missing(3));
    assertThat(book().mark()).isEqualTo(2);
  }

  @Test
  void refusesTheFirstBatchOfARunThatDoesNotBeginIt() {
    assertThat(ship(0, frames(2, 1))).isEqualTo(new Receipt.Missing(1));
    assertThat(bucket.view().runs()).isEmpty();
  }

  @Test
  void booksGapsAndClipsWhatItHasOfThem() {
    Gap evicted = new Gap(3, 7, LossReason.EVICTED);
    assertStored(ship(0, join(frames(1, 2), evicted)), 7, 0);
    Gap more = new Gap(5, 10, LossReason.REJECTED);
    assertStored(ship(0, join(List.of(more), new Frame(11, Samples.capture("x")))), 11, 0);
    assertThat(book().lost().byReason())
        .isEqualTo(Map.of(LossReason.EVICTED, 5L, LossReason.REJECTED, 3L));
    assertThat(book()).extracting(RunBook::mark, RunBook::stored).containsExactly(11L, 3L);
  }

  @Test
  void booksAsRolledBackWhatItNoLongerRemembers() {
    assertStored(ship(100, frames(101, 2)), 102, 0);
    assertThat(book())
        .extracting(RunBook::rolledBack, RunBook::stored, RunBook::mark)
        .containsExactly(100L, 2L, 102L);
  }

  @Test
  void takesFromASenderWhatItStillHasOfWhatWasRolledBack() {
    assertStored(ship(100, frames(91, 20)), 110, 0);
    assertThat(book()).extracting(RunBook::rolledBack, RunBook::stored).containsExactly(90L, 20L);
  }

  @Test
  void booksNothingAsRolledBackWhenABatchIsRefused() {
    assertThat(ship(100, frames(102, 1))).isEqualTo(new Receipt.Missing(101));
    assertThat(bucket.view().runs()).isEmpty();
  }

  @Test
  void commitsTwoBatchesOfARunTogether() {
    CompletableFuture<Receipt> one = bucket.append(new Shipment(RUN, "web-1", 0, frames(1, 2)));
    CompletableFuture<Receipt> two = bucket.append(new Shipment(RUN, "web-1", 0, frames(1, 3)));
    bucket.step();
    assertStored(one.join(), 2, 0);
    assertStored(two.join(), 3, 2);
  }

  @Test
  void goesOnAfterARestartWhereItWas() {
    ship(0, frames(1, 3));
    long lease = leaseNow("default").orElseThrow().lease();
    assertThat(now(bucket.settle(lease, Samples.delivered(2)))).isEqualTo(Settled.BOOKED);
    reopen(WhenFull.REFUSE, null);
    assertStored(ship(0, frames(1, 4)), 4, 3);
    assertThat(lease("default")).containsExactly(1L, 3L, 4L);
  }

  @Test
  void answersFullAndStillTakesWhatNeedsNoRoom() {
    byte[] large = Samples.capture("x".repeat(500_000));
    long seq = 0;
    Receipt receipt;
    do {
      seq++;
      receipt = ship(seq - 1, List.of(new Frame(seq, large)));
    } while (receipt instanceof Receipt.Stored && seq < 100);
    assertThat(receipt).isInstanceOf(Receipt.Full.class);
    long lease = leaseNow("default").orElseThrow().lease();
    CompletableFuture<Receipt> refused =
        bucket.append(new Shipment(RUN, "web-1", seq - 1, List.of(new Frame(seq, large))));
    CompletableFuture<Receipt> repeated =
        bucket.append(new Shipment(RUN, "web-1", seq - 2, List.of(new Frame(seq - 1, large))));
    CompletableFuture<Settled> settled = bucket.settle(lease, Samples.retry(1, 0));
    bucket.step();
    assertThat(refused.join()).isInstanceOf(Receipt.Full.class);
    assertStored(repeated.join(), seq - 1, 1);
    assertThat(settled.join()).isEqualTo(Settled.BOOKED);
    assertThat(memory.marks()).containsKey("group/default");
  }

  @Test
  void dropsTheOldestWhereItMayAndCountsThem() {
    reopen(WhenFull.DROP_OLDEST, null);
    byte[] large = Samples.capture("x".repeat(500_000));
    for (long seq = 1; seq <= 20; seq++) {
      assertStored(ship(seq - 1, List.of(new Frame(seq, large))), seq, 0);
    }
    pass(Duration.ofSeconds(1));
    GroupView group = bucket.view().slowest();
    assertThat(group.lost().byReason().get(LossReason.EVICTED)).isPositive();
    assertThat(group.lost().total() + group.waiting()).isEqualTo(20);
  }

  @Test
  void keepsNothingThatTheDiskRefused() {
    ship(0, frames(1, 1));
    spool.fail(FaultySpool.Call.APPEND, Integer.MAX_VALUE);
    CompletableFuture<Receipt> batch = bucket.append(new Shipment(RUN, "web-1", 1, frames(2, 1)));
    bucket.step();
    assertThatThrownBy(batch::join).hasRootCauseInstanceOf(IOException.class);
    assertThat(bucket.view().trouble()).contains("injected");
    spool.heal();
    assertStored(ship(1, frames(2, 1)), 2, 0);
    assertThat(bucket.view().trouble()).isNull();
  }

  @Test
  void answersASettlementOnlyOnceTheDiskHasIt() {
    ship(0, frames(1, 2));
    long lease = leaseNow("default").orElseThrow().lease();
    spool.fail(FaultySpool.Call.APPEND, Integer.MAX_VALUE);
    CompletableFuture<Settled> word = bucket.settle(lease, Samples.delivered(1));
    bucket.step();
    assertThatThrownBy(word::join).hasRootCauseInstanceOf(IOException.class);
    spool.heal();
    assertThat(now(bucket.settle(lease, Samples.delivered(1)))).isEqualTo(Settled.BOOKED);
    reopen(WhenFull.REFUSE, null);
    assertThat(lease("default")).containsExactly(2L);
  }

  @Test
  void forgetsNothingThatAGroupStillNeeds() {
    ship(0, frames(1, 4));
    leaseNow("slow");
    long lease = leaseNow("default").orElseThrow().lease();
    now(bucket.settle(lease, Samples.delivered(1, 2, 3, 4)));
    pass(Duration.ofSeconds(1));
    assertThat(memory.state().first()).isEqualTo(1);
    pass(Duration.ofSeconds(60)); // the lease of "slow" runs out
    for (long offset = 1; offset <= 4; offset++) {
      long slow = leaseNow("slow").orElseThrow().lease();
      now(bucket.settle(slow, Samples.delivered(offset)));
    }
    pass(Duration.ofSeconds(1));
    assertThat(memory.state().first()).isEqualTo(5);
  }

  @Test
  void letsASilentGroupHoldNothingAndCountsWhatItMisses() {
    ship(0, frames(1, 2));
    long silent = leaseNow("silent").orElseThrow().lease();
    assertThat(silent).isPositive();
    pass(Group.SILENT_AFTER);
    long lease = leaseNow("default").orElseThrow().lease();
    now(bucket.settle(lease, Samples.delivered(1, 2)));
    pass(Duration.ofSeconds(1));
    assertThat(memory.state().first()).isEqualTo(3);
    assertThat(lease("silent")).isEmpty();
    pass(Duration.ofSeconds(1));
    GroupView missed = bucket.view().groups().stream()
        .filter(group -> group.name().value().equals("silent"))
        .findFirst()
        .orElseThrow();
    assertThat(missed.lost().byReason()).isEqualTo(Map.of(LossReason.EVICTED, 2L));
  }

  @Test
  void keepsWhatWasDeliveredForAsLongAsItIsTold() {
    reopen(WhenFull.REFUSE, Duration.ofHours(1));
    ship(0, frames(1, 2));
    clock.advance(Duration.ofMinutes(30));
    ship(2, frames(3, 2));
    long lease = leaseNow("default").orElseThrow().lease();
    now(bucket.settle(lease, Samples.delivered(1, 2, 3, 4)));
    pass(Duration.ofMinutes(20));
    assertThat(memory.state().first()).isEqualTo(1);
    pass(Duration.ofMinutes(20));
    assertThat(memory.state().first()).isEqualTo(3);
  }

  @Test
  void letsWhatWasDeliveredMakeRoomForWhatIsNew() {
    reopen(WhenFull.REFUSE, Duration.ofDays(7));
    byte[] large = Samples.capture("x".repeat(100_000));
    for (long seq = 1; seq <= 20; seq++) {
      assertStored(ship(seq - 1, List.of(new Frame(seq, large))), seq, 0);
      if (seq <= 19) {
        long lease = leaseNow("default").orElseThrow().lease();
        now(bucket.settle(lease, Samples.delivered(seq)));
      }
    }
    assertThat(memory.state().first()).isBetween(8L, 12L); // no more than it takes
    long seq = 21;
    while (ship(seq - 1, List.of(new Frame(seq, large))) instanceof Receipt.Stored) {
      seq++;
    }
    assertThat(memory.state().first()).isEqualTo(20);
    assertThat(memory.state().lost()).isEmpty();
  }

  @Test
  void answersEverybodyWhenAStepFails() {
    ship(0, frames(1, 1));
    long lease = leaseNow("default").orElseThrow().lease();
    CompletableFuture<Boolean> extended = bucket.extend(lease, Duration.ofMinutes(1));
    CompletableFuture<Receipt> batch = bucket.append(new Shipment(RUN, "web-1", 1, frames(2, 1)));
    CompletableFuture<Settled> settled = bucket.settle(lease, Samples.delivered(1));
    CompletableFuture<Optional<Group.Grant>> poll = bucket.lease(request("default"));
    CompletableFuture<Object> broken = bucket.operate(operations -> {
      throw new StackOverflowError("injected");
    });

    assertThatThrownBy(bucket::step).hasMessage("injected");

    assertThat(extended.join()).isTrue();
    for (CompletableFuture<?> answer : List.of(batch, settled, poll, broken)) {
      assertThat(answer)
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(IOException.class)
          .withMessageContaining("its log says why");
    }
    assertStored(ship(1, frames(2, 1)), 2, 0);
    assertThat(now(bucket.settle(lease, Samples.delivered(1)))).isEqualTo(Settled.BOOKED);
  }

  @Test
  void answersEverybodyWhenItCloses() throws Exception {
    CompletableFuture<Optional<Group.Grant>> poll = bucket.lease(request("default"));
    bucket.step();
    CompletableFuture<Receipt> batch = bucket.append(new Shipment(RUN, "web-1", 0, frames(1, 1)));
    bucket.close();
    bucket.close();
    assertStored(batch.join(), 1, 0);
    assertThat(poll).isDone();
    CompletableFuture<Receipt> late = bucket.append(new Shipment(RUN, "web-1", 1, frames(2, 1)));
    assertThat(late).isCompletedExceptionally();
    reopen(WhenFull.REFUSE, null);
  }
}
