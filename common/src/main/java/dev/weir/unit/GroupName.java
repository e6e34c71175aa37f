package dev.weir.unit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of an independent reader of a bucket. 1 to 63 of {@code a-z 0-9 . _ -}, beginning with a
 * letter or digit.
 */
public record GroupName(@JsonValue String value) implements Comparable<GroupName> {
  @JsonCreator
  public GroupName {
    value = Names.checked("group", value);
  }

  @Override
  public int compareTo(GroupName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
