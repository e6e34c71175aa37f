package dev.weir.relay.lease;

import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.Settlement.Range;
import dev.weir.wire.Settlement.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Captures that one player holds for a limited time. More may be added to them. */
final class Lease {
  final long number;
  final Order order;

  /** When it runs out, by the ticker. */
  long until;

  /** Up to here it may have had more than it knows; 0: it knows everything. */
  private long forgotten;

  /**
   * What it was granted, by offset. When more is added, that of which it has spoken is forgotten;
   * once it has ended, what was settled then.
   */
  final NavigableMap<Long, Item> items = new TreeMap<>();

  Lease(long number, Order order, List<Item> granted, long until) {
    this.number = number;
    this.order = order;
    this.until = until;
    hold(granted);
  }

  private void hold(List<Item> granted) {
    for (Item item : granted) {
      item.lease = this;
      item.leased = true;
      items.put(item.offset, item);
    }
  }

  /** Takes more. */
  void add(List<Item> more) {
    forgotten = items.isEmpty() ? forgotten : Math.max(forgotten, items.lastKey());
    items.values().removeIf(item -> item.lease != this);
    hold(more);
  }

  /** Whether captures in that order may be added to it. */
  boolean mayGrow(Order wanted) {
    return order == wanted
        && items.values().stream().noneMatch(i -> i.lease == this && i.isSuspect());
  }

  /** Whether it was granted this one capture and nothing else. */
  boolean isAlone() {
    return items.size() == 1 && forgotten == 0;
  }

  /** Whether it was granted a capture at this offset, as far as is still known. */
  boolean had(long offset) {
    return offset <= forgotten || items.containsKey(offset);
  }

  /** Whether it still has the capture at this offset. */
  boolean holds(Item item) {
    return item.lease == this && !item.settled;
  }

  /** The capture at this offset; null: it never had that, or no longer. */
  @Nullable
  Item held(long offset) {
    Item item = items.get(offset);
    return item != null && holds(item) ? item : null;
  }

  /** What it was granted in these ranges. */
  List<Item> in(List<Range> ranges) {
    Set<Item> granted = new LinkedHashSet<>();
    for (Range range : ranges) {
      granted.addAll(items.subMap(range.from(), true, range.through(), true).values());
    }
    return List.copyOf(granted);
  }

  /** What it has not let go of those that are refused. */
  List<Item> refused(List<Refusal> words) {
    Set<Item> refused = new LinkedHashSet<>();
    for (Refusal word : words) {
      Item item = items.get(word.offset());
      if (item != null && item.lease == this) {
        refused.add(item);
      }
    }
    return List.copyOf(refused);
  }

  /** From now on somebody else may have it. */
  void letGo(Item item) {
    if (item.lease == this) {
      item.lease = null;
    }
  }

  void letGo(long offset) {
    Item item = items.get(offset);
    if (item != null) {
      letGo(item);
    }
  }

  /** Whether it has spoken of everything. */
  boolean isOver() {
    return items.values().stream().noneMatch(item -> item.lease == this);
  }

  /** What it still has, in order. */
  List<Item> held() {
    List<Item> held = new ArrayList<>();
    for (Item item : items.values()) {
      if (holds(item)) {
        held.add(item);
      }
    }
    return held;
  }
}
