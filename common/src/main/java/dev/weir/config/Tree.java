package dev.weir.config;

import java.util.List;
import java.util.Map;

/** A configuration file as it was parsed: every value with its place. Immutable. */
sealed interface Tree {
  Place place();

  /**
   * One value.
   *
   * @param text as written, without quotes; no meaning is read into it
   * @param literal whether {@code ${…}} in it is only text
   */
  record Scalar(Place place, String text, boolean quoted, boolean literal) implements Tree {
    /** What stands in the place of a key that is left out. */
    static Scalar blank(Place place) {
      return new Scalar(place, "", false, true);
    }

    /** Whether it says nothing, so that its key counts as left out: {@code key:}. */
    boolean isBlank() {
      return !quoted && (text.isEmpty() || text.equals("~") || text.equals("null"));
    }
  }

  /** Values in order. */
  record Sequence(Place place, List<Tree> items) implements Tree {}

  /** Keys and values, in the file's order. */
  record Mapping(Place place, Map<String, Entry> entries) implements Tree {}

  /** A value and the place of its key. */
  record Entry(Place key, Tree value) {}
}
