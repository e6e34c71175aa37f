package dev.weir.relay.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The leases of a group: those that run, and the last that have ended, for a late word. */
final class Leases {
  private static final int MAX_ENDED = 1_000;

  /** The captures that ended leases may still hear of. */
  private static final int MAX_REMEMBERED = 50_000;

  private final Map<Long, Lease> live = new LinkedHashMap<>();
  private final Map<Long, Lease> ended = new LinkedHashMap<>();
  private int remembered;

  void add(Lease lease) {
    live.put(lease.number, lease);
  }

  /** Null: no lease of this relay process, or one that ended long ago. */
  @Nullable
  Lease find(long number) {
    Lease lease = live.get(number);
    return lease != null ? lease : ended.get(number);
  }

  /** Null: it has ended, or never was. */
  @Nullable
  Lease live(long number) {
    return live.get(number);
  }

  boolean isLive(Lease lease) {
    return live.containsKey(lease.number);
  }

  Collection<Lease> live() {
    return live.values();
  }

  List<Lease> runOut(long now) {
    List<Lease> out = new ArrayList<>();
    for (Lease lease : live.values()) {
      if (lease.until - now <= 0) {
        out.add(lease);
      }
    }
    return out;
  }

  /** What it held is free again; what it had and was not settled can still be settled late. */
  void end(Lease lease) {
    if (live.remove(lease.number) == null) {
      return;
    }
    for (Item item : lease.items.values()) {
      if (item.lease == lease) {
        item.lease = null;
      }
    }
    lease.items.values().removeIf(item -> item.settled);
    ended.put(lease.number, lease);
    remembered += lease.items.size();
    Iterator<Lease> eldest = ended.values().iterator();
    while (ended.size() > MAX_ENDED || remembered > MAX_REMEMBERED) {
      remembered -= eldest.next().items.size();
      eldest.remove();
    }
  }
}
