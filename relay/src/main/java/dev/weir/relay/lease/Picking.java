package dev.weir.relay.lease;

import dev.weir.relay.store.Envelope;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.LeasedCapture;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the captures of one lease, or of an addition to one, offered in order. Whatever must be
 * passed over closes its session for all that follows; a dead capture, whose turn is long gone, for
 * other dead ones only. The first choice decides: what was never leased is added to the lease that
 * may grow, and anything else is a lease of its own.
 */
final class Picking {
  /** A lease has no more captures, whatever is asked for. */
  static final int MOST = 1_000;

  private final LeaseRequest request;
  private final long mostBytes;
  private final long now;
  private final long wallMs;
  private final Set<String> closed = new HashSet<>();
  private final Set<String> closedToDead = new HashSet<>();

  /** May be added to; null: none, or no longer. */
  private @Nullable Lease onto;

  /** The lanes that {@code onto} holds: closed to every other lease. */
  private final Set<String> ontos = new HashSet<>();

  private final List<Item> items = new ArrayList<>();
  private final List<LeasedCapture> captures = new ArrayList<>();
  private long bytes;
  private final Suspects suspects;
  private int most;
  private boolean full;

  Picking(
      LeaseRequest request,
      Clocks clocks,
      Collection<Lease> live,
      @Nullable Lease onto,
      Suspects suspects) {
    this.request = request;
    this.suspects = suspects;
    this.most = Math.min(request.max(), MOST);
    this.mostBytes = Math.min(request.maxBytes(), Group.MOST_BYTES.bytes());
    this.now = clocks.nanos();
    this.wallMs = clocks.now().toEpochMilli();
    this.onto = onto != null && onto.mayGrow(request.order()) ? onto : null;
    for (Lease lease : live) {
      // a session is with one lease at a time, whatever became of the capture since
      for (Item item : lease.items.values()) {
        if (item.lease == lease) {
          close(item, lease == this.onto ? ontos : closed);
        }
      }
    }
  }

  /** What the choice is added to; null: it is a lease of its own. */
  @Nullable
  Lease onto() {
    return onto;
  }

  boolean isFull() {
    return full;
  }

  /** Whether whatever else comes must wait, since all of the bucket is one session. */
  boolean isClosed() {
    return request.order() == Order.BUCKET && !closed.isEmpty();
  }

  /** Whether the rest is for those that are not dead. */
  boolean isHalfFull() {
    return full || items.size() * 2L >= most || bytes * 2 >= mostBytes;
  }

  boolean wants(Item item) {
    if (item.lease != null && item.lease == onto) {
      return false; // it has that, and may go on with its session
    }
    String lane = item.lane(request.order());
    boolean free = item.lease == null
        && !item.isDelayed(now)
        && (lane == null || !closed.contains(lane))
        && (lane == null || item.grave == null || !closedToDead.contains(lane))
        && (canAdd(item) || canBegin(item, lane))
        && (!item.isSuspect() || suspects.mayGo(item));
    if (!free) {
      close(item, item.grave == null ? closed : closedToDead);
    }
    return free;
  }

  private boolean canAdd(Item item) {
    return onto != null && !item.leased && !item.isSuspect();
  }

  /** Whether it can be in a lease of its own. */
  private boolean canBegin(Item item, @Nullable String lane) {
    return items.isEmpty()
        ? lane == null || !ontos.contains(lane)
        : onto == null && item.isSuspect() == items.get(0).isSuspect();
  }

  private void close(Item item, Set<String> lanes) {
    String lane = item.lane(request.order());
    if (lane != null) {
      lanes.add(lane);
    }
  }

  /** Takes what it wants, unless it would be too much: then it is full. */
  void take(Item item, Envelope envelope) {
    long size = envelope.capture().length;
    if (!items.isEmpty() && bytes + size > mostBytes) {
      full = true;
      return;
    }
    if (onto != null && !canAdd(item)) {
      onto = null; // it comes first
      closed.addAll(ontos);
    }
    bytes += size;
    items.add(item);
    long first = item.tries.firstMs();
    captures.add(new LeasedCapture(
        item.offset,
        envelope.id(),
        item.tries.attempts() + 1,
        first == 0 ? 0 : Math.max(0, wallMs - first),
        envelope.capture()));
    most = Math.min(most, item.most);
    full = items.size() >= most;
  }

  List<Item> items() {
    return items;
  }

  List<LeasedCapture> captures() {
    return captures;
  }
}
