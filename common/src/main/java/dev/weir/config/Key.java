package dev.weir.config;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One key of a configuration record, as it stands in a file.
 *
 * @param name the component's name in kebab-case
 * @param fallback what it means to leave it out, as text; null: nothing is said
 * @param optional whether leaving it out is null
 * @param readable whether it names files that must be there
 * @param writable whether it names a folder that must be possible to write to
 */
record Key(
    String name,
    Type type,
    @Nullable String fallback,
    boolean optional,
    boolean readable,
    boolean writable) {
  static List<Key> of(Class<?> type) {
    List<Key> keys = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Default fallback = component.getAnnotation(Default.class);
      keys.add(new Key(
          component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT),
          component.getGenericType(),
          fallback == null ? null : fallback.value(),
          component.getAnnotatedType().isAnnotationPresent(Nullable.class),
          component.isAnnotationPresent(FileToRead.class),
          component.isAnnotationPresent(FolderToWrite.class)));
    }
    return keys;
  }

  /** Whether a file that says nothing of it is still whole. */
  boolean mayBeLeftOut() {
    return fallback != null || optional;
  }
}
