package dev.weir.capture;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Header fields in captured order, with case and duplicates. Names compare without case (RFC 9110,
 * section 5.1). A value holds the octets of the wire as the code points U+0000 to U+00FF.
 * Immutable.
 */
public final class Headers implements Iterable<Headers.Field> {
  /** One field line. */
  public record Field(String name, String value) {
    boolean isNamed(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  /** What a field takes beside its octets: three objects and two arrays, and a reference. */
  private static final int FIELD_OVERHEAD = 128;

  public static final Headers NONE = new Headers(List.of());

  private final List<Field> fields;

  private Headers(List<Field> fields) {
    this.fields = fields;
  }

  public static Headers of(List<Field> fields) {
    return fields.isEmpty() ? NONE : new Headers(List.copyOf(fields));
  }

  /** Names and values in turn. */
  public static Headers of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("the last name has no value");
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
    }
    return of(fields);
  }

  /** The first value, or null. */
  public @Nullable String get(String name) {
    for (Field field : fields) {
      if (field.isNamed(name)) {
        return field.value();
      }
    }
    return null;
  }

  /** Every value, in order. */
  public List<String> all(String name) {
    return fields.stream().filter(f -> f.isNamed(name)).map(Field::value).toList();
  }

  /** With these values alone under the name: in place of the first such field, else at the end. */
  public Headers with(String name, String... values) {
    List<Field> changed = new ArrayList<>(fields.size() + values.length);
    boolean placed = false;
    for (Field field : fields) {
      if (!field.isNamed(name)) {
        changed.add(field);
      } else if (!placed) {
        addAll(changed, field.name(), values);
        placed = true;
      }
    }
    if (!placed) {
      addAll(changed, name, values);
    }
    return of(changed);
  }

  private static void addAll(List<Field> fields, String name, String... values) {
    for (String value : values) {
      fields.add(new Field(name, value));
    }
  }

  public Headers without(String name) {
    return get(name) == null
        ? this
        : of(fields.stream().filter(f -> !f.isNamed(name)).toList());
  }

  public int size() {
    return fields.size();
  }

  /** About what they take in memory, in bytes. */
  public long footprint() {
    long bytes = 0;
    for (Field field : fields) {
      bytes += FIELD_OVERHEAD + field.name().length() + field.value().length();
    }
    return bytes;
  }

  @Override
  public Iterator<Field> iterator() {
    return fields.iterator();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Headers that && fields.equals(that.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  @Override
  public String toString() {
    return fields.toString();
  }
}
