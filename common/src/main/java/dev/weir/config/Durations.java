package dev.weir.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a duration is written: {@code 250ms 10s 5m 2h 7d}. */
public final class Durations {
  private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");
  private static final Map<String, ChronoUnit> UNITS = Map.of(
      "ms", ChronoUnit.MILLIS,
      "s", ChronoUnit.SECONDS,
      "m", ChronoUnit.MINUTES,
      "h", ChronoUnit.HOURS,
      "d", ChronoUnit.DAYS);
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private Durations() {}

  /**
   * @throws IllegalArgumentException if the text is not a whole number with a unit, or over a
   *     hundred years
   */
  public static Duration parse(String text) {
    Matcher parts = FORM.matcher(text.strip());
    ChronoUnit unit = parts.matches() ? UNITS.get(parts.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException(
          "\"" + text
              + "\" is not a duration: write a whole number and a unit, such as 10s (units: ms, s, m, h, d)");
    }
    Duration value = unit.getDuration().multipliedBy(Long.parseLong(parts.group(1)));
    if (value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("\"" + text + "\" is over a hundred years");
    }
    return value;
  }

  /** Exactly, in the largest unit that divides it: what {@link #parse} reads back. */
  public static String format(Duration value) {
    long millis = value.toMillis();
    if (millis % 1000 != 0 || millis == 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
