package dev.weir.config;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The records that {@code type:} may choose from, as the class path and plug-ins register them. */
final class Kinds {
  private Kinds() {}

  /** By type, in alphabetical order. */
  static Map<String, Class<? extends Record>> of(Class<? extends Variant> service) {
    Map<String, Class<? extends Record>> kinds = new TreeMap<>();
    for (Variant variant : ServiceLoader.load(service)) {
      Class<? extends Record> other = kinds.put(variant.type(), variant.config());
      if (other != null) {
        throw new IllegalStateException("two plug-ins call themselves type: " + variant.type()
            + ": " + other.getName() + " and " + variant.config().getName());
      }
    }
    return kinds;
  }
}
