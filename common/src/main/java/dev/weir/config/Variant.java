package dev.weir.config;

/** One value of a {@code type:} key, and the record that configures it. */
public interface Variant {
  /** As written after {@code type:}, such as {@code http}. */
  String type();

  /** A record that implements the interface marked with {@link Variants}. */
  Class<? extends Record> config();
}
