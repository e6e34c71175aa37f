package dev.weir.player.replay;

import dev.weir.loop.Ticker;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * How long attempts took, of late: of the window before this one and of this one, so of the last
 * ten to twenty seconds with traffic. Thread-safe.
 */
final class Latencies {
  private static final long WINDOW = Duration.ofSeconds(10).toNanos();
  private static final long HIGHEST = Duration.ofHours(1).toMillis() * 1000;
  private static final int DIGITS = 2;

  private final Ticker ticker;
  private Histogram current = new Histogram(HIGHEST, DIGITS);
  private Histogram previous = new Histogram(HIGHEST, DIGITS);
  private long windowEnds;

  Latencies(Ticker ticker) {
    this.ticker = ticker;
    this.windowEnds = ticker.nanos() + WINDOW;
  }

  /** In milliseconds; zero where nothing was ever recorded. */
  record Percentiles(double p50, double p95, double p99) {}

  synchronized void record(Duration took) {
    long now = ticker.nanos();
    if (now - windowEnds >= 0) {
      Histogram oldest = previous;
      previous = current;
      current = oldest;
      current.reset();
      windowEnds = now + WINDOW;
    }
    current.recordValue(Math.min(HIGHEST, took.toNanos() / 1000));
  }

  synchronized Percentiles percentiles() {
    Histogram both = previous.copy();
    both.add(current);
    return new Percentiles(at(both, 50), at(both, 95), at(both, 99));
  }

  private static double at(Histogram histogram, double percentile) {
    return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1000.0;
  }
}
