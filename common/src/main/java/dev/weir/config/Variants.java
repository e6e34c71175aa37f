package dev.weir.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an interface whose configuration is one of several records, chosen by the key
 * {@code type:}. The records are found by a ServiceLoader of the named service.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Variants {
  Class<? extends Variant> value();
}
