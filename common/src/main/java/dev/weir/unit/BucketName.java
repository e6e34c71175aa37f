package dev.weir.unit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of a queue on the relay. 1 to 63 of {@code a-z 0-9 . _ -}, beginning with a letter or
 * digit.
 */
public record BucketName(@JsonValue String value) implements Comparable<BucketName> {
  @JsonCreator
  public BucketName {
    value = Names.checked("bucket", value);
  }

  /** Whether a bucket may have that name. */
  public static boolean isName(String text) {
    return Names.isName(text);
  }

  @Override
  public int compareTo(BucketName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
