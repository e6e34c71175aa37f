package dev.weir.relay.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.RunId;
import dev.weir.relay.ManualClock;
import dev.weir.relay.Samples;
import dev.weir.relay.lease.Group;
import dev.weir.relay.lease.Settled;
import dev.weir.relay.store.InMemoryDeadStore;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random work and random trouble, held against a model that could not be simpler. */
class BucketModelTest {
  private static final RunId RUN = RunId.random();
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final int STEPS = 3_000;

  private final ManualClock clock = new ManualClock();
  private final InMemoryDeadStore dead = new InMemoryDeadStore(ByteSize.ofMegabytes(16));
  private InMemorySpool spool =
      new InMemorySpool(ByteSize.ofMegabytes(64), Duration.ofDays(365), clock);
  private Bucket bucket;
  private Random random;

  /** What the relay was told, and has answered. */
  private final Map<Long, String> sessions = new HashMap<>();

  private final Set<Long> settled = new HashSet<>();
  private final Map<Long, Integer> retries = new HashMap<>();
  private final Map<Long, List<Long>> live = new LinkedHashMap<>();
  private final Map<Long, Long> endOfLease = new HashMap<>();
  private final Map<Long, List<Long>> ended = new LinkedHashMap<>();
  private final Map<String, Long> counts = new HashMap<>();
  private long acked;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void losesNothingAndDeliversNothingTwice(long seed) throws Exception {
    random = new Random(seed);
    bucket = open();
    for (int i = 0; i < STEPS; i++) {
      switch (random.nextInt(12)) {
        case 0, 1 -> ship();
        case 2, 3, 4 -> lease();
        case 5, 6, 7, 8 -> settle();
        case 9 -> settleLate();
        case 10 -> time();
        default -> restartNowAndThen();
      }
      bucket.step();
      assertThat(bucket.view().imbalance()).isZero();
    }
    deliverTheRest();
    clock.advance(Duration.ofSeconds(1));
    bucket.step();
    var group = bucket.view().slowest();
    assertThat(group.open()).isZero();
    assertThat(group.delivered()).isEqualTo(counts.getOrDefault("delivered", 0L));
    assertThat(group.filtered()).isEqualTo(counts.getOrDefault("filtered", 0L));
    assertThat(group.dead()).isEqualTo(counts.getOrDefault("dead", 0L));
    assertThat(group.lost().total()).isZero();
    assertThat(settled).hasSize((int) acked);
    assertThat(spool.state().first())
        .as("all is forgotten")
        .isEqualTo(spool.state().next());
  }

  private Bucket open() throws IOException {
    return Bucket.open(
        new BucketName("shop"),
        new Bucket.Rules(WhenFull.REFUSE, null, Map.of()),
        spool,
        dead,
        clock.clocks(),
        null);
  }

  private <T> T now(CompletableFuture<T> answer) {
    bucket.step();
    assertThat(answer).isDone();
    return answer.join();
  }

  private void ship() {
    long from = Math.max(1, acked + 1 - random.nextInt(3)); // some of it again
    List<Entry> entries = new ArrayList<>();
    for (long seq = from; seq <= acked + 1 + random.nextInt(4); seq++) {
      String session = sessions.computeIfAbsent(seq, s -> "s" + random.nextInt(5));
      entries.add(new Frame(seq, Samples.capture(session)));
    }
    Receipt receipt = now(bucket.append(new Shipment(RUN, "web-1", acked, entries)));
    assertThat(receipt).isInstanceOf(Receipt.Stored.class);
    acked = ((Receipt.Stored) receipt).through();
  }

  private List<Long> lease() {
    LeaseRequest request = new LeaseRequest(
        new GroupName("default"),
        "p",
        Order.SESSION,
        1 + random.nextInt(6),
        1 << 20,
        LEASE.toMillis(),
        0);
    Optional<Group.Grant> grant = now(bucket.lease(request));
    if (grant.isEmpty()) {
      return List.of();
    }
    List<Long> offsets = new ArrayList<>();
    for (LeasedCapture capture : grant.get().captures()) {
      long offset = capture.offset();
      assertThat(capture.id().seq()).as("no gap so far: offsets are numbers").isEqualTo(offset);
      assertThat(settled).doesNotContain(offset);
      assertThat(live.values())
          .noneMatch(held ->
              held.stream().anyMatch(other -> sessions.get(other).equals(sessions.get(offset))));
      assertThat(capture.attempt()).isGreaterThan(retries.getOrDefault(offset, 0));
      offsets.add(offset);
      assertInOrder(offset, offsets);
    }
    long number = grant.get().lease();
    live.put(number, offsets);
    endOfLease.put(number, clock.nanos() + LEASE.toNanos());
    return offsets;
  }

  /** Everything earlier of the session is settled, or before it in the same lease. */
  private void assertInOrder(long offset, List<Long> lease) {
    for (long earlier = 1; earlier < offset; earlier++) {
      if (sessions.get(earlier).equals(sessions.get(offset)) && !settled.contains(earlier)) {
        assertThat(lease).contains(earlier);
      }
    }
  }

  private void settle() {
    if (live.isEmpty()) {
      return;
    }
    long number = new ArrayList<>(live.keySet()).get(random.nextInt(live.size()));
    List<Long> held = live.get(number);
    List<Settlement.Range> delivered = new ArrayList<>();
    List<Settlement.Refusal> filtered = new ArrayList<>();
    List<Settlement.Retry> retry = new ArrayList<>();
    List<Settlement.Dead> died = new ArrayList<>();
    List<Settlement.Range> released = new ArrayList<>();
    Set<String> closed = new HashSet<>(); // a player goes on in order
    Set<String> handedBack = new HashSet<>();
    for (long offset : List.copyOf(held)) {
      String session = sessions.get(offset);
      if (handedBack.contains(session)) {
        held.remove(offset);
        continue;
      }
      int fate = closed.contains(session) ? 9 : random.nextInt(10);
      if (fate <= 3) {
        delivered.add(new Settlement.Range(offset, offset));
        count("delivered", offset);
      } else if (fate == 4) {
        filtered.add(new Settlement.Refusal(offset, "no"));
        count("filtered", offset);
      } else if (fate == 5) {
        died.add(new Settlement.Dead(offset, "no", 0, null));
        count("dead", offset);
      } else if (fate == 6) {
        retry.add(new Settlement.Retry(offset, random.nextInt(30_000), "503"));
        retries.merge(offset, 1, Integer::sum);
        handedBack.add(session);
      } else if (fate == 7 && random.nextBoolean()) {
        released.add(new Settlement.Range(offset, offset));
        closed.add(session);
      } else {
        closed.add(session);
        continue; // still at it
      }
      held.remove(offset);
    }
    boolean done = random.nextInt(4) == 0;
    Settlement settlement = new Settlement(delivered, filtered, retry, died, released, done);
    assertThat(now(bucket.settle(number, settlement))).isEqualTo(Settled.BOOKED);
    assertThat(now(bucket.settle(
            number, new Settlement(delivered, List.of(), List.of(), List.of(), List.of(), false))))
        .as("the same word again")
        .isEqualTo(Settled.BOOKED);
    if (done || live.get(number).isEmpty()) {
      live.remove(number);
    }
  }

  private void count(String fate, long offset) {
    counts.merge(fate, 1L, Long::sum);
    assertThat(settled.add(offset)).isTrue();
  }

  private void settleLate() {
    if (ended.isEmpty()) {
      return;
    }
    long number = new ArrayList<>(ended.keySet()).get(random.nextInt(ended.size()));
    for (long offset : ended.remove(number)) {
      boolean elsewhere = live.values().stream().anyMatch(held -> held.contains(offset));
      if (!settled.contains(offset) && !elsewhere) {
        count("delivered", offset);
        now(bucket.settle(number, Samples.delivered(offset)));
        return;
      }
    }
  }

  private void time() {
    clock.advance(Duration.ofSeconds(random.nextInt(40)));
    bucket.step();
    for (long number : List.copyOf(live.keySet())) {
      if (endOfLease.get(number) - clock.nanos() <= 0) {
        ended.put(number, live.remove(number));
      }
    }
  }

  private void restartNowAndThen() throws IOException {
    if (random.nextInt(10) == 0) {
      spool = spool.reopen(Map.of()); // what is not committed is gone
      bucket = open();
      live.clear();
      ended.clear();
    }
  }

  private void deliverTheRest() {
    for (int i = 0; i < 10_000 && settled.size() < acked; i++) {
      clock.advance(LEASE);
      bucket.step();
      live.clear();
      for (List<Long> held = lease(); !held.isEmpty(); held = lease()) {
        long number = live.keySet().iterator().next();
        held.forEach(offset -> count("delivered", offset));
        now(bucket.settle(
            number, Samples.delivered(held.stream().mapToLong(Long::longValue).toArray())));
        live.clear();
      }
    }
  }
}
