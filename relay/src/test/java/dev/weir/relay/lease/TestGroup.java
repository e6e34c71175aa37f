package dev.weir.relay.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.relay.ManualClock;
import dev.weir.relay.Samples;
import dev.weir.relay.store.DeadCapture;
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
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A group over a spool and a dead store in memory, whose clock is set by hand. */
final class TestGroup {
  static final Duration LEASE = Duration.ofSeconds(60);
  static final RunId RUN = RunId.random();
  private static final GroupName NAME = new GroupName("default");

  final ManualClock clock = new ManualClock();
  final InMemorySpool spool =
      new InMemorySpool(ByteSize.ofMegabytes(64), Duration.ofDays(7), clock);
  final InMemoryDeadStore dead = new InMemoryDeadStore(ByteSize.ofMegabytes(1));
  private final Graveyard yard = new Graveyard(dead, dropped -> this.group.loseDead(dropped.id()));
  Group group = Group.starting(NAME, 1, spool, yard, clock.clocks());

  /** The number of the last lease. */
  long leases;

  List<DeadCapture> buried() {
    return dead.read(null, null, 0, 1_000).stream().map(DeadRow::capture).toList();
  }

  void arrive(String... sessions) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    for (String session : sessions) {
      CaptureId id = new CaptureId(RUN, spool.state().next() + frames.size());
      frames.add(new Envelope(id, clock.millis(), Samples.capture(session)).encode());
    }
    spool.append(frames, Map.of(), WhenFull.REFUSE);
  }

  GroupView view() {
    return group.view(spool.state().next());
  }

  static LeaseRequest request(Order order, int max) {
    return new LeaseRequest(NAME, "player", order, max, 1 << 20, LEASE.toMillis(), 0);
  }

  /** The offsets of a new lease, whose number is then {@link #leases}. */
  List<Long> lease(Order order, int max) throws IOException {
    return captures(order, max).stream().map(LeasedCapture::offset).toList();
  }

  List<LeasedCapture> captures(Order order, int max) throws IOException {
    Group.Grant grant = group.lease(++leases, request(order, max), Group.NO_LEASE);
    return grant == null ? List.of() : grant.captures();
  }

  /** The offsets of what is added to a lease, or of a new one. */
  List<Long> more(long lease, int max) throws IOException {
    Group.Grant grant = group.lease(++leases, request(Order.SESSION, max), lease);
    return grant == null
        ? List.of()
        : grant.captures().stream().map(LeasedCapture::offset).toList();
  }

  /** Every lease runs out that is not extended. */
  void runOut() throws IOException {
    clock.advance(LEASE);
    group.step();
  }

  /** As it is committed now. */
  void restart() throws IOException {
    byte[] mark = group.unsaved();
    assertThat(mark).isNotNull();
    reopen(mark);
  }

  void reopen(byte[] mark) throws IOException {
    group = Group.reopened(NAME, mark, spool, yard, clock.clocks());
  }
}
