package dev.weir.cli;

import dev.weir.config.Flag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A configuration that is made of flags: the quick mode, without a file. */
final class QuickFlags {
  private final Map<String, Object> values = new LinkedHashMap<>();

  /** Sets a key; a flag that was not given leaves it to its default. */
  QuickFlags put(String key, String flag, @Nullable String value) {
    if (value != null) {
      values.put(key, new Flag(flag, value));
    }
    return this;
  }

  /** Sets a key that holds a list. */
  QuickFlags put(String key, String flag, List<String> items) {
    values.put(key, items.stream().map(item -> new Flag(flag, item)).toList());
    return this;
  }

  /** Sets a key that holds further keys. */
  QuickFlags put(String key, QuickFlags part) {
    values.put(key, part.values);
    return this;
  }

  /** Sets a key that holds a list of one. */
  QuickFlags putOne(String key, QuickFlags item) {
    values.put(key, List.of(item.values));
    return this;
  }

  Map<String, ?> values() {
    return values;
  }
}
