package dev.weir.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value given on the command line instead of in a file.
 *
 * @param name what to blame it on in a message, such as {@code --listen}
 * @param value taken as it is: the shell has filled in variables already
 */
public record Flag(String name, String value) {
  private static final SourceText COMMAND_LINE = new SourceText("the command line", null, "");

  /** A tree of maps by key, lists and flags. */
  static Tree tree(Object value) {
    if (value instanceof Flag flag) {
      Place place = Place.whole(new SourceText(flag.name, null, ""));
      return new Tree.Scalar(place, flag.value, true, true);
    }
    Place place = Place.whole(COMMAND_LINE);
    if (value instanceof List<?> list) {
      return new Tree.Sequence(place, list.stream().map(Flag::tree).toList());
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Tree.Entry> entries = new LinkedHashMap<>();
      map.forEach(
          (key, child) -> entries.put(String.valueOf(key), new Tree.Entry(place, tree(child))));
      return new Tree.Mapping(place, entries);
    }
    throw new IllegalArgumentException("neither a map, a list nor a flag: " + value);
  }
}
