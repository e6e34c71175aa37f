package dev.weir.unit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A number of bytes in a second, written {@code 2MB/s}; more than none. */
public record ByteRate(ByteSize perSecond) {
  public ByteRate {
    if (perSecond.bytes() < 1) {
      throw new IllegalArgumentException("a rate must be 1B/s or more");
    }
  }

  /** @throws IllegalArgumentException if the text is not a size a second, such as {@code 2MB/s} */
  @JsonCreator
  public static ByteRate parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).strip().equals("s")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a byte rate: write a size and /s, such as 2MB/s");
    }
    return new ByteRate(ByteSize.parse(text.substring(0, slash)));
  }

  @Override
  @JsonValue
  public String toString() {
    return perSecond.exact() + "/s";
  }
}
