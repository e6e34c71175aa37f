package dev.weir.relay.lease;

import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.Settlement.Range;
import dev.weir.wire.Settlement.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** Captures that one player holds for a limited time. */
final class Lease {
  final long number;
  final String player;
  final Order order;

  /** When it runs out, by the ticker. */
  long until;

  /** Everything it was granted, by offset; once it has ended, what was not settled then. */
  final NavigableMap<Long, Item> items = new TreeMap<>();

  Lease(long number, String player, Order order, List<Item> granted, long until) {
    this.number = number;
    this.player = player;
    this.order = order;
    this.until = until;
    for (Item item : granted) {
      item.lease = this;
      items.put(item.offset, item);
    }
  }

  /** Whether it still has the capture at this offset. */
  boolean holds(Item item) {
    return item.lease == this && !item.settled;
  }

  /** The capture that it was granted at this offset. */
  Item item(long offset) {
    return Objects.requireNonNull(items.get(offset));
  }

  /** What it was granted in a range. */
  List<Item> in(Range range) {
    return List.copyOf(items.subMap(range.from(), true, range.through(), true).values());
  }

  /** What it still has of those that are refused. */
  List<Item> refused(List<Refusal> words) {
    Set<Item> refused = new LinkedHashSet<>();
    for (Refusal word : words) {
      Item item = item(word.offset());
      if (holds(item)) {
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
