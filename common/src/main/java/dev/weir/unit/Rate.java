package dev.weir.unit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of things in a second, written {@code 50/s}; more than none. */
public record Rate(long perSecond) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s*/\\s*s");

  public Rate {
    if (perSecond < 1) {
      throw new IllegalArgumentException("a rate must be 1/s or more, not " + perSecond + "/s");
    }
  }

  /**
   * @throws IllegalArgumentException if the text is not a whole number a second, such as
   *     {@code 50/s}
   */
  @JsonCreator
  public static Rate parse(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a rate: write a whole number and /s, such as 50/s");
    }
    return new Rate(Long.parseLong(parts.group(1)));
  }

  @Override
  @JsonValue
  public String toString() {
    return perSecond + "/s";
  }
}
