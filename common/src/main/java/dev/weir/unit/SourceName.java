package dev.weir.unit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of a source of captures in its proxy. 1 to 63 of {@code a-z 0-9 . _ -}, beginning with a
 * letter or digit.
 */
public record SourceName(@JsonValue String value) {
  @JsonCreator
  public SourceName {
    value = Names.checked("source", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
