package dev.weir.relay.store;

import dev.weir.ledger.LossReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many captures are lost, by reason. Immutable. */
public record Losses(Map<LossReason, Long> byReason) {
  public static final Losses NONE = new Losses(Map.of());

  public Losses {
    byReason = Map.copyOf(byReason);
  }

  public Losses plus(LossReason reason, long count) {
    if (count == 0) {
      return this;
    }
    Map<LossReason, Long> sum = new EnumMap<>(LossReason.class);
    sum.putAll(byReason);
    sum.merge(reason, count, Long::sum);
    return new Losses(sum);
  }

  public Losses plus(Losses others) {
    Losses sum = this;
    for (Map.Entry<LossReason, Long> other : others.byReason.entrySet()) {
      sum = sum.plus(other.getKey(), other.getValue());
    }
    return sum;
  }

  public long total() {
    return byReason.values().stream().mapToLong(Long::longValue).sum();
  }

  /** By the reasons' names on the wire, in order. */
  public SortedMap<String, Long> byName() {
    SortedMap<String, Long> names = new TreeMap<>();
    byReason.forEach((reason, count) -> names.put(reason.wireName(), count));
    return names;
  }
}
