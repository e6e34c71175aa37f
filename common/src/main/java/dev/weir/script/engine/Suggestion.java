package dev.weir.script.engine;

import dev.weir.config.Spelling;
import java.util.stream.Stream;

/** The end of a message about a misspelt name: what it may have been meant to be. */
public final class Suggestion {
  private static final int LONGEST = 40;

  private Suggestion() {}

  /** {@code (did you mean "method"?)}, or nothing where no candidate is near. */
  public static String of(String name, Stream<String> candidates) {
    String nearest = name.length() > LONGEST
        ? null
        : Spelling.nearest(name, candidates.sorted().toList());
    return nearest == null ? "" : " (did you mean \"" + nearest + "\"?)";
  }
}
