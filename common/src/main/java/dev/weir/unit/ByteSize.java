package dev.weir.unit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written {@code 512MB}: units of 1,024, as in RAM and in most configuration
 * files. Never negative.
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final Pattern FORM = Pattern.compile("(\\d+)\\s*(B|KB|MB|GB|TB)");
  private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB"};

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size cannot be " + bytes + " bytes");
    }
  }

  /**
   * @throws IllegalArgumentException if the text is not a whole number with a unit, such as
   *     {@code 512MB}
   */
  @JsonCreator
  public static ByteSize parse(String text) {
    Matcher parts = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "\"" + text
              + "\" is not a size: write a whole number and a unit, such as 512MB (units: B, KB, MB, GB, TB)");
    }
    try {
      long number = Long.parseLong(parts.group(1));
      return new ByteSize(Math.multiplyExact(number, 1L << (10 * power(parts.group(2)))));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is more than can be counted", e);
    }
  }

  private static int power(String unit) {
    return "BKMGT".indexOf(unit.charAt(0));
  }

  public static ByteSize ofMegabytes(long megabytes) {
    return new ByteSize(Math.multiplyExact(megabytes, 1L << 20));
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** Exactly, in the largest unit that divides it: what {@link #parse} reads back. */
  @JsonValue
  public String exact() {
    int power = 0;
    long rest = bytes;
    while (power < 4 && rest != 0 && rest % 1024 == 0) {
      rest /= 1024;
      power++;
    }
    return rest + UNITS[power];
  }

  /** For people, to three figures: {@code 10.0 MB}. */
  @Override
  public String toString() {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double rest = bytes;
    int power = 0;
    while (power < 4 && rest >= 1024) {
      rest /= 1024;
      power++;
    }
    return String.format(Locale.ROOT, "%.1f %s", rest, UNITS[power]);
  }
}
