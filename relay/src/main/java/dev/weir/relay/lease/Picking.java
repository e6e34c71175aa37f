package dev.weir.relay.lease;

import dev.weir.relay.store.Envelope;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeasedCapture;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses the captures of one lease, offered in order. Whatever must be passed over closes its
 * session for all that follows; a dead capture, whose turn is long gone, for other dead ones only.
 */
final class Picking {
  private final LeaseRequest request;
  private final long now;
  private final long wallMs;
  private final Set<String> closed = new HashSet<>();
  private final Set<String> closedToDead = new HashSet<>();
  private final List<Item> items = new ArrayList<>();
  private final List<LeasedCapture> captures = new ArrayList<>();
  private long bytes;
  private boolean full;

  Picking(LeaseRequest request, Clocks clocks, Collection<Lease> live) {
    this.request = request;
    this.now = clocks.nanos();
    this.wallMs = clocks.now().toEpochMilli();
    for (Lease lease : live) {
      // a session is with one lease at a time, whatever became of the capture since
      for (Item item : lease.items.values()) {
        if (item.lease == lease) {
          close(item, closed);
        }
      }
    }
  }

  boolean isFull() {
    return full;
  }

  /** Whether the rest is for those that are not dead. */
  boolean isHalfFull() {
    return full || items.size() * 2L >= request.max() || bytes * 2 >= request.maxBytes();
  }

  boolean wants(Item item) {
    String lane = item.lane(request.order());
    boolean free = item.lease == null
        && !item.isDelayed(now)
        && (lane == null || !closed.contains(lane))
        && (lane == null || item.grave == null || !closedToDead.contains(lane))
        && (!item.alone || items.isEmpty());
    if (!free) {
      close(item, item.grave == null ? closed : closedToDead);
    }
    return free;
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
    if (!items.isEmpty() && bytes + size > request.maxBytes()) {
      full = true;
      return;
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
    full = item.alone || items.size() >= request.max();
  }

  List<Item> items() {
    return items;
  }

  List<LeasedCapture> captures() {
    return captures;
  }
}
