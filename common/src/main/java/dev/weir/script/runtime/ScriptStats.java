package dev.weir.script.runtime;

import dev.weir.script.ScriptReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What one script has done, over all workers and reloads. Thread-safe. */
final class ScriptStats {
  /** One call in so many is timed, so that a call of a microsecond does not pay for it. */
  private static final int SAMPLED = 16;

  private static final int MOST_REASONS = 50;
  private static final String OTHER = "other";
  private static final long LONGEST_NANOS = Duration.ofMinutes(1).toNanos();

  private final String name;
  private final InstantSource clock;
  private final LongAdder calls = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final Map<String, LongAdder> dropped = new ConcurrentHashMap<>();
  private final Histogram times = new Histogram(LONGEST_NANOS, 2);
  private volatile @Nullable String lastError;
  private volatile @Nullable Instant lastErrorAt;
  private volatile @Nullable String reloadError;

  ScriptStats(String name, InstantSource clock) {
    this.name = name;
    this.clock = clock;
  }

  static boolean isSampled(long call) {
    return call % SAMPLED == 0;
  }

  void called() {
    calls.increment();
  }

  void took(long nanos) {
    synchronized (times) {
      times.recordValue(Math.min(Math.max(nanos, 0), LONGEST_NANOS));
    }
  }

  void dropped(String reason) {
    String counted = dropped.containsKey(reason) || dropped.size() < MOST_REASONS ? reason : OTHER;
    dropped.computeIfAbsent(counted, each -> new LongAdder()).increment();
  }

  void failed(String message) {
    errors.increment();
    lastError = message;
    lastErrorAt = clock.instant();
  }

  void reloadFailed(String message) {
    reloadError = message;
  }

  /** What went wrong before was another script's. */
  void reloaded() {
    reloadError = null;
    lastError = null;
    lastErrorAt = null;
  }

  ScriptReport report() {
    Map<String, Long> reasons = new TreeMap<>();
    dropped.forEach((reason, count) -> reasons.put(reason, count.sum()));
    long p99;
    synchronized (times) {
      p99 = times.getTotalCount() == 0 ? 0 : times.getValueAtPercentile(99);
    }
    return new ScriptReport(
        name,
        calls.sum(),
        errors.sum(),
        Map.copyOf(reasons),
        Duration.ofNanos(p99),
        lastError,
        lastErrorAt,
        reloadError);
  }
}
