package dev.weir.relay.fleet;

import dev.weir.ledger.LossReason;
import dev.weir.loop.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What was lost within a day, or since the relay started: a sum alone tells nobody that it has
 * grown. Its loop's thread takes the samples; any thread may ask.
 */
final class RecentLosses implements Step {
  static final Duration EVERY = Duration.ofHours(1);
  static final int SAMPLES = 24;

  private final Supplier<SortedMap<String, Long>> losses;
  private final Deque<SortedMap<String, Long>> samples = new ArrayDeque<>();

  /** @param losses all that were ever lost, by reason */
  RecentLosses(Supplier<SortedMap<String, Long>> losses) {
    this.losses = losses;
  }

  @Override
  public Duration step() {
    SortedMap<String, Long> sample = losses.get();
    synchronized (samples) {
      samples.addLast(sample);
      if (samples.size() > SAMPLES) {
        samples.removeFirst();
      }
    }
    return EVERY;
  }

  /** By reason; what somebody gave up is no news to them. */
  SortedMap<String, Long> upTo(SortedMap<String, Long> now) {
    SortedMap<String, Long> recent = new TreeMap<>(now);
    synchronized (samples) {
      SortedMap<String, Long> oldest = samples.isEmpty() ? now : samples.getFirst();
      oldest.forEach((reason, count) -> recent.merge(reason, -count, Long::sum));
    }
    recent.remove(LossReason.PURGED.wireName());
    recent.values().removeIf(count -> count <= 0);
    return recent;
  }
}
