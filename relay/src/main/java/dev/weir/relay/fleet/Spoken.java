package dev.weir.relay.fleet;

import dev.weir.unit.ByteSize;
import java.time.Duration;
import java.util.Locale;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Figures as people say them. */
public final class Spoken {
  private Spoken() {}

  /** {@code 18,204}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** {@code 1,204 evicted, 2 crash}. */
  public static String counts(SortedMap<String, Long> counts) {
    return counts.entrySet().stream()
        .map(entry -> count(entry.getValue()) + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }

  /** {@code 412/s}, {@code 0.4/s}. */
  public static String rate(double perSecond) {
    return perSecond >= 10 || perSecond == 0
        ? String.format(Locale.ROOT, "%,.0f/s", perSecond)
        : String.format(Locale.ROOT, "%.1f/s", perSecond);
  }

  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", share * 100);
  }

  public static String bytes(long bytes) {
    return new ByteSize(bytes).toString();
  }

  /** {@code 12 ms}, {@code 0.4 ms}. */
  public static String latency(double millis) {
    return String.format(Locale.ROOT, millis >= 10 ? "%,.0f ms" : "%.1f ms", millis);
  }

  /** Two units at the most: {@code 2 h 10 min}. */
  public static String millis(long millis) {
    Duration time = Duration.ofMillis(millis);
    if (time.toDays() > 0) {
      return time.toDays() + " d " + time.toHoursPart() + " h";
    }
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " min";
    }
    if (time.toMinutes() > 0) {
      return time.toMinutes() + " min " + time.toSecondsPart() + " s";
    }
    return time.toSeconds() > 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }
}
