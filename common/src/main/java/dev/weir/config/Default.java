package dev.weir.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a key of a configuration record means where the file leaves it out, as it would be written
 * there. Without one, a component that is not {@code @Nullable}, a list, a map or a record must be
 * written.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  String value();
}
