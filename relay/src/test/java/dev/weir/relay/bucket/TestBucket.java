package dev.weir.relay.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.RunId;
import dev.weir.relay.ManualClock;
import dev.weir.relay.Samples;
import dev.weir.relay.lease.Group;
import dev.weir.relay.lease.GroupView;
import dev.weir.relay.store.InMemoryDeadStore;
import dev.weir.spool.FaultySpool;
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
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A bucket over a spool and a dead store in memory that can fail, whose clock is set by hand. */
final class TestBucket {
  static final RunId RUN = RunId.random();

  final ManualClock clock = new ManualClock();
  final FaultyDeadStore dead = new FaultyDeadStore(new InMemoryDeadStore(ByteSize.ofMegabytes(1)));
  InMemorySpool memory = new InMemorySpool(ByteSize.ofMegabytes(4), Duration.ofDays(365), clock);
  FaultySpool spool = new FaultySpool(memory);
  Bucket bucket;
  private long shipped;

  TestBucket() {
    bucket = open(null, Map.of());
  }

  private Bucket open(@Nullable Duration keep, Map<GroupName, GroupStart> groups) {
    try {
      Bucket.Rules rules = new Bucket.Rules(WhenFull.REFUSE, keep, groups);
      return Bucket.open(new BucketName("shop"), rules, spool, dead, clock.clocks(), null);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** As it is committed now. */
  void restart() {
    restart(null, Map.of());
  }

  void restart(@Nullable Duration keep, Map<GroupName, GroupStart> groups) {
    memory = memory.reopen(Map.of());
    spool = new FaultySpool(memory);
    bucket = open(keep, groups);
  }

  /** Time for the bucket to tidy up. */
  void pass(Duration time) {
    clock.advance(time);
    bucket.step();
  }

  <T> T now(CompletableFuture<T> answer) {
    bucket.step();
    assertThat(answer).isDone();
    return answer.join();
  }

  /** Ships so many captures, each of a session of its own. */
  void ship(int count) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      entries.add(new Frame(shipped + i, Samples.capture("s" + (shipped + i))));
    }
    Receipt receipt = now(bucket.append(new Shipment(RUN, "web-1", shipped, entries)));
    assertThat(receipt).isInstanceOf(Receipt.Stored.class);
    shipped += count;
  }

  Optional<Group.Grant> lease(String group) {
    return now(bucket.lease(
        new LeaseRequest(new GroupName(group), "player", Order.NONE, 100, 1 << 20, 60_000, 0)));
  }

  static List<Long> offsets(Optional<Group.Grant> grant) {
    return grant.map(Group.Grant::captures).orElse(List.of()).stream()
        .map(LeasedCapture::offset)
        .toList();
  }

  /** As it is now. */
  GroupView group(String name) {
    pass(Duration.ofSeconds(1));
    return bucket.view().groups().stream()
        .filter(group -> group.name().value().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
