package dev.weir.http;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** How many clients were turned away since the start, and why. Any thread. */
public final class Refusals {
  private final Map<Refusal, LongAdder> counts = new EnumMap<>(Refusal.class);

  public Refusals() {
    for (Refusal refusal : Refusal.values()) {
      counts.put(refusal, new LongAdder());
    }
  }

  public void count(Refusal refusal) {
    counts.getOrDefault(refusal, new LongAdder()).increment();
  }

  public long of(Refusal refusal) {
    return counts.getOrDefault(refusal, new LongAdder()).sum();
  }

  /** All of them, those that never happened too. */
  public SortedMap<String, Long> byReason() {
    SortedMap<String, Long> sums = new TreeMap<>();
    counts.forEach((refusal, count) -> sums.put(refusal.label(), count.sum()));
    return Collections.unmodifiableSortedMap(sums);
  }

  /** Adds them to what a role tells of one of the listeners that roles have in common. */
  public void addTo(Metrics metrics, String listener) {
    byReason()
        .forEach((reason, count) -> metrics.counter(
            "weir_listener_refused_requests",
            "turned away before there was a call",
            count,
            "listener",
            listener,
            "reason",
            reason));
  }
}
