package dev.weir.relay.bucket;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.weir.wire.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random work, random orders of operators, and kills between the steps of the two files: the dead
 * store has what the spool has not committed, or still has what it should have removed since. The
 * equations hold after every step. At the end each capture is dead, or the last word on it was that
 * it is delivered or filtered; where operators purge, save so many as the books have as purged.
 */
class OperateModelTest {
  private static final GroupName GROUP = new GroupName("default");
  private static final RunId RUN = RunId.random();
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Duration KEEP = Duration.ofHours(1);
  private static final int STEPS = 1_200;

  private final ManualClock clock = new ManualClock();
  private final FaultyDeadStore dead =
      new FaultyDeadStore(new InMemoryDeadStore(ByteSize.ofMegabytes(16)));
  private InMemorySpool memory =
      new InMemorySpool(ByteSize.ofMegabytes(64), Duration.ofDays(365), clock);
  private FaultySpool spool = new FaultySpool(memory);
  private Bucket bucket;
  private Random random;

  /** Those on which the last word was so since the last rewind, whether or not it was committed. */
  private final Set<Long> settled = new HashSet<>();

  /** Which lease had a capture last: another's word is late. */
  private final Map<Long, Long> holders = new HashMap<>();

  private final Map<Long, List<Long>> live = new HashMap<>();
  private long acked;
  private long rewinds;
  private long redriven;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void keepsItsBooksWhateverOperatorsDo(long seed) throws Exception {
    random = new Random(seed);
    boolean purges = seed % 2 == 0;
    bucket = open();
    for (int i = 0; i < STEPS; i++) {
      switch (random.nextInt(16)) {
        case 0, 1 -> ship();
        case 2, 3, 4, 5 -> lease();
        case 6, 7, 8, 9, 10 ->
          settle(random.nextInt(5) == 0 ? Kill.values()[random.nextInt(3)] : Kill.NOT);
        case 11 -> redrive();
        case 12 -> rewindNowAndThen(i, purges);
        case 13 -> purgeDeadNowAndThen(purges);
        case 14 -> purgeNowAndThen(purges);
        default -> timeOrKill();
      }
      bucket.step();
      assertThat(view().imbalance()).as("step %s", i).isZero();
      assertThat(view().dead()).isNotNegative();
      assertThat(view().rewound()).isNotNegative();
    }
    deliverTheRest();
    GroupView end = view();
    assertThat(end.open()).isZero();
    assertThat(end.dead()).isEqualTo(dead.read(GROUP, null, 0, 100_000).size());
    if (purges) {
      assertThat(end.lost().byReason()).containsOnlyKeys(LossReason.PURGED);
    } else {
      assertThat(end.lost().total()).isZero();
    }
    assertThat(missing()).hasSizeLessThanOrEqualTo((int) end.lost().total());
    assertThat(redriven).isPositive();
    assertThat(rewinds).isPositive();
  }

  /** What nobody has settled, and no dead bucket has. */
  private Set<Long> missing() throws IOException {
    Set<Long> missing = new HashSet<>();
    for (long offset = 1; offset <= acked; offset++) {
      missing.add(offset);
    }
    missing.removeAll(settled);
    dead.read(GROUP, null, 0, 100_000)
        .forEach(row -> missing.remove(row.capture().offset()));
    return missing;
  }

  private Bucket open() throws IOException {
    return Bucket.open(
        new BucketName("shop"),
        new Bucket.Rules(WhenFull.REFUSE, KEEP, Map.of()),
        spool,
        dead,
        clock.clocks(),
        null);
  }

  private GroupView view() {
    return bucket.view().slowest();
  }

  private <T> T now(CompletableFuture<T> answer) {
    bucket.step();
    assertThat(answer).isDone();
    return answer.join();
  }

  private void ship() {
    List<Entry> entries = new ArrayList<>();
    for (long seq = acked + 1; seq <= acked + 1 + random.nextInt(4); seq++) {
      entries.add(new Frame(seq, Samples.capture("s" + seq % 5)));
    }
    Receipt receipt = now(bucket.append(new Shipment(RUN, "web-1", acked, entries)));
    acked = ((Receipt.Stored) receipt).through();
  }

  private List<Long> lease() {
    LeaseRequest request = new LeaseRequest(
        GROUP, "p", Order.SESSION, 1 + random.nextInt(6), 1 << 20, LEASE.toMillis(), 0);
    Optional<Group.Grant> grant = now(bucket.lease(request));
    List<Long> offsets = new ArrayList<>();
    if (grant.isPresent()) {
      grant.get().captures().stream().map(LeasedCapture::offset).forEach(offsets::add);
      live.put(grant.get().lease(), offsets);
      offsets.forEach(offset -> holders.put(offset, grant.get().lease()));
    }
    return offsets;
  }

  /** When the relay is killed while it books something. */
  private enum Kill {
    NOT,
    BEFORE_THE_COMMIT,
    AFTER_THE_COMMIT
  }

  private void settle(Kill when) throws IOException {
    if (live.isEmpty()) {
      return;
    }
    long number = new ArrayList<>(live.keySet()).get(random.nextInt(live.size()));
    List<Settlement.Range> done = new ArrayList<>();
    List<Settlement.Refusal> refused = new ArrayList<>();
    List<Settlement.Retry> retry = new ArrayList<>();
    List<Settlement.Dead> died = new ArrayList<>();
    for (long offset : live.remove(number)) {
      boolean isLast = holders.get(offset) == number;
      if (isLast) {
        settled.remove(offset);
      }
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          done.add(new Settlement.Range(offset, offset));
          settled.add(offset); // the target has it, whatever the relay remembers
        }
        case 2 -> died.add(new Settlement.Dead(offset, "no", 500, null));
        case 3 -> retry.add(new Settlement.Retry(offset, random.nextInt(30_000), "503"));
        default -> {
          refused.add(new Settlement.Refusal(offset, "no"));
          if (isLast) {
            settled.add(offset);
          }
        }
      }
    }
    Settlement word = new Settlement(done, refused, retry, died, List.of(), true);
    fail(when);
    CompletableFuture<Settled> answer = bucket.settle(number, word);
    bucket.step();
    assertThat(answer).isDone();
    if (when != Kill.NOT) {
      kill();
    }
  }

  private void fail(Kill when) {
    spool.fail(FaultySpool.Call.APPEND, when == Kill.BEFORE_THE_COMMIT ? Integer.MAX_VALUE : 0);
    dead.removesNothing = when == Kill.AFTER_THE_COMMIT;
  }

  private void kill() throws IOException {
    dead.removesNothing = false;
    memory = memory.reopen(Map.of()); // what is not committed is gone
    spool = new FaultySpool(memory);
    bucket = open();
    live.clear();
  }

  private static DeadQuery all() {
    return new DeadQuery(null, null, null, null, null, null, null, null, 0, null, 7);
  }

  private static GroupOrder order(@Nullable Long ageMs) {
    return new GroupOrder(GROUP, ageMs, false);
  }

  private void redrive() {
    redriven +=
        now(bucket.operate(operations -> operations.redrive(all()))).dead().size();
  }

  private void purgeDeadNowAndThen(boolean purges) throws IOException {
    if (purges && random.nextInt(4) == 0) {
      Kill when = Kill.values()[random.nextInt(3)];
      fail(when);
      CompletableFuture<DeadPage> answer =
          bucket.operate(operations -> operations.purgeDead(all()));
      bucket.step();
      assertThat(answer).isDone();
      if (when != Kill.NOT) {
        kill();
      }
    }
  }

  /** Not towards the end: what has gone astray by then must not be brought back. */
  private void rewindNowAndThen(int step, boolean purges) {
    if (step < STEPS / 2 && random.nextInt(4) == 0) {
      Long age = purges && random.nextBoolean() ? (long) random.nextInt(600_000) : null;
      long again = now(bucket.operate(operations -> operations.rewind(order(age))))
          .orElseThrow()
          .captures();
      rewinds += again > 0 ? 1 : 0;
      live.clear();
      if (age == null) {
        settled.clear(); // all but the dead comes again
      }
    }
  }

  private void purgeNowAndThen(boolean purges) {
    if (purges && random.nextInt(20) == 0) {
      Long age = random.nextInt(4) == 0 ? null : (long) random.nextInt(600_000);
      now(bucket.operate(operations -> operations.purge(order(age))));
    }
  }

  private void timeOrKill() throws IOException {
    if (random.nextInt(4) == 0) {
      kill();
    } else {
      clock.advance(Duration.ofSeconds(random.nextInt(40)));
      bucket.step();
    }
  }

  private void deliverTheRest() throws IOException {
    for (int i = 0; i < 10_000 && view().open() > 0; i++) {
      clock.advance(LEASE);
      bucket.step();
      for (List<Long> held = lease(); !held.isEmpty(); held = lease()) {
        settled.addAll(held);
        long number = live.keySet().stream().max(Long::compare).orElseThrow();
        now(bucket.settle(
            number, Samples.delivered(held.stream().mapToLong(Long::longValue).toArray())));
      }
    }
  }
}
