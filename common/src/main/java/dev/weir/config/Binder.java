package dev.weir.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of a {@link Tree} and notes everything that is wrong on the way: a value that
 * cannot be read does not hide the next one. The rules in the records' constructors are told too,
 * but for those that rest on a value that could not be read.
 *
 * <p>Every {@code bind…} method returns null where it failed, with the reason among the problems.
 */
final class Binder {
  private final Values reader;
  private final Places places;
  private final List<ConfigProblem> problems;

  Binder(Tree root, Surroundings surroundings, List<ConfigProblem> problems) {
    this.places = new Places(root);
    this.reader = new Values(surroundings);
    this.problems = problems;
  }

  /** Everything that {@code root} says. */
  <T> @Nullable T bind(Tree root, Class<T> type) {
    return type.cast(bind(root, type, ""));
  }

  private @Nullable Object bind(Tree tree, Type type, String path) {
    if (type == Secret.class || SourceText.holdsPassword(tree)) {
      tree.place().text().hide(tree.place());
    }
    Object value = bindValue(tree, type, path);
    if (value == null) {
      places.failed(path);
    }
    return value;
  }

  private @Nullable Object bindValue(Tree tree, Type type, String path) {
    if (type instanceof ParameterizedType container) {
      Type[] of = container.getActualTypeArguments();
      return container.getRawType() == List.class
          ? bindList(tree, of[0], path)
          : bindMap(tree, (Class<?>) of[0], of[1], path);
    }
    Class<?> plain = (Class<?>) type;
    if (Scalars.isScalar(plain)) {
      return bindScalar(tree, plain);
    }
    if (plain == Object.class) {
      return bindAnything(tree, path);
    }
    Shorthand shorthand = plain.getAnnotation(Shorthand.class);
    if (shorthand != null && tree instanceof Tree.Scalar && !reader.isBlank(tree)) {
      Tree.Entry entry = new Tree.Entry(tree.place(), tree);
      return bindValue(
          new Tree.Mapping(tree.place(), Map.of(shorthand.value(), entry)), type, path);
    }
    if (!(tree instanceof Tree.Mapping mapping)) {
      return reader.isBlank(tree)
          ? bindValue(new Tree.Mapping(tree.place(), Map.of()), type, path)
          : wrong(tree.place(), "expected keys and values here, not " + form(tree));
    }
    Variants variants = plain.getAnnotation(Variants.class);
    return variants == null
        ? bindRecord(mapping, plain, path, Set.of())
        : bindVariant(mapping, Kinds.of(variants.value()), path);
  }

  /** Text, numbers, truths, and lists and maps of them: what the file makes of it. */
  private @Nullable Object bindAnything(Tree tree, String path) {
    if (tree instanceof Tree.Mapping) {
      return bindMap(tree, String.class, Object.class, path);
    }
    if (tree instanceof Tree.Sequence) {
      return bindList(tree, Object.class, path);
    }
    Object text = bindScalar(tree, String.class);
    return text == null || ((Tree.Scalar) tree).quoted() ? text : Scalars.guess((String) text);
  }

  private @Nullable Object bindScalar(Tree tree, Class<?> type) {
    if (!(tree instanceof Tree.Scalar scalar)) {
      return wrong(tree.place(), "expected one value here, not " + form(tree));
    }
    try {
      return reader.read(scalar, type);
    } catch (IllegalArgumentException e) {
      return wrong(tree.place(), e.getMessage());
    }
  }

  private @Nullable Object bindList(Tree tree, Type of, String path) {
    if (!(tree instanceof Tree.Sequence sequence)) {
      return reader.isBlank(tree)
          ? List.of()
          : wrong(
              tree.place(),
              "expected a list here, not " + form(tree)
                  + (tree instanceof Tree.Scalar scalar && !scalar.quoted()
                      ? ": write [" + scalar.text() + "]"
                      : ""));
    }
    List<Object> items = new ArrayList<>();
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      Object item = bind(sequence.items().get(i), of, path + "[" + i + "]");
      if (item != null) {
        items.add(item);
        kept.add(i);
      }
    }
    places.kept(path, kept);
    return items;
  }

  private @Nullable Object bindMap(Tree tree, Class<?> keys, Type values, String path) {
    if (!(tree instanceof Tree.Mapping mapping)) {
      return reader.isBlank(tree)
          ? Map.of()
          : wrong(tree.place(), "expected names and values here, not " + form(tree));
    }
    Map<Object, Object> map = new LinkedHashMap<>();
    mapping.entries().forEach((name, entry) -> {
      Object value = bind(entry.value(), values, Places.under(path, name));
      Object key = bindScalar(new Tree.Scalar(entry.key(), name, true, true), keys);
      if (key != null && value != null) {
        map.put(key, value);
      } else {
        places.failed(path); // what rests on the set of names cannot be judged
      }
    });
    return map;
  }

  private @Nullable Object bindVariant(
      Tree.Mapping mapping, Map<String, Class<? extends Record>> kinds, String path) {
    Tree.Entry type = mapping.entries().get("type");
    if (type == null) {
      return wrong(
          mapping.place(),
          "no type" + in(path) + ": write type: and one of " + String.join(", ", kinds.keySet()));
    }
    Object name = bindScalar(type.value(), String.class);
    if (name == null) {
      return null;
    }
    Class<? extends Record> record = kinds.get(name);
    if (record == null) {
      return wrong(
          type.value().place(),
          "unknown type \"" + name + "\"" + Spelling.hint((String) name, kinds.keySet()));
    }
    return bindRecord(mapping, record, path, Set.of("type"));
  }

  private @Nullable Object bindRecord(
      Tree.Mapping written, Class<?> record, String path, Set<String> readAlready) {
    List<Key> keys = Key.of(record);
    Tree.Mapping mapping = corrected(written, keys, path, readAlready);
    @Nullable Object[] values = new @Nullable Object[keys.size()];
    boolean whole = true;
    for (int i = 0; i < values.length; i++) {
      values[i] = bindKey(mapping, keys.get(i), path);
      whole &= values[i] != null || keys.get(i).optional();
    }
    Object made = construct(mapping, record, values, path, whole);
    return whole ? made : null;
  }

  /**
   * Refuses unknown keys. Those that are near a known one then stand under its name, so that what
   * is wrong with their values is told at the same time.
   */
  private Tree.Mapping corrected(
      Tree.Mapping mapping, List<Key> keys, String path, Set<String> readAlready) {
    List<String> names = keys.stream().map(Key::name).toList();
    List<String> free = new ArrayList<>(names);
    free.removeAll(mapping.entries().keySet());
    Map<String, Tree.Entry> entries = new LinkedHashMap<>(mapping.entries());
    mapping.entries().forEach((name, entry) -> {
      if (SourceText.suspects(name)) {
        entry.value().place().text().hide(entry.value().place());
      }
      if (names.contains(name) || readAlready.contains(name)) {
        return;
      }
      String meant = Spelling.nearest(name, free);
      wrong(
          entry.key(),
          "unknown key \"" + name + "\"" + in(path)
              + Spelling.hint(name, meant == null ? names : free));
      if (meant != null) {
        free.remove(meant);
        entries.put(meant, entry);
      }
    });
    return new Tree.Mapping(mapping.place(), entries);
  }

  private @Nullable Object bindKey(Tree.Mapping mapping, Key key, String path) {
    Tree.Entry entry = mapping.entries().get(key.name());
    String under = Places.under(path, key.name());
    if (entry != null && !reader.isBlank(entry.value())) {
      Object value = bind(entry.value(), key.type(), under);
      checkFiles(entry.value(), key, value);
      return value != null || key.fallback() == null
          ? value
          : fallback(mapping.place(), key); // so that the rest of the record can be judged
    }
    if (key.fallback() != null) {
      return fallback(mapping.place(), key);
    }
    if (key.optional()) {
      return null;
    }
    if (key.type() instanceof Class<?> type && (Scalars.isScalar(type) || isVariant(type))) {
      places.failed(under);
      return wrong(
          entry == null ? mapping.place() : entry.key(),
          "no \"" + key.name() + "\"" + in(path) + ": it has no default and must be written");
    }
    return bind(Tree.Scalar.blank(mapping.place()), key.type(), under);
  }

  private void checkFiles(Tree tree, Key key, @Nullable Object value) {
    if (value instanceof List<?> paths && tree instanceof Tree.Sequence sequence) {
      for (int i = 0; i < paths.size() && paths.size() == sequence.items().size(); i++) {
        checkFiles(sequence.items().get(i), key, paths.get(i));
      }
    } else if (value instanceof Path path) {
      String objection = reader.objection(key, path);
      if (objection != null) {
        wrong(tree.place(), objection);
      }
    }
  }

  private static boolean isVariant(Class<?> type) {
    return type.isAnnotationPresent(Variants.class);
  }

  private @Nullable Object fallback(Place place, Key key) {
    return bindScalar(
        new Tree.Scalar(place, String.valueOf(key.fallback()), true, false), (Class<?>) key.type());
  }

  /** @param whole whether every value is there; where not, this only tells what else is wrong */
  private @Nullable Object construct(
      Tree.Mapping mapping,
      Class<?> record,
      @Nullable Object[] values,
      String path,
      boolean whole) {
    Class<?>[] types = Arrays.stream(record.getRecordComponents())
        .map(RecordComponent::getType)
        .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = record.getDeclaredConstructor(types);
      constructor.setAccessible(true); // a record may be its package's own
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Check.InvalidRecord invalid) {
        invalid.faults().forEach(fault -> tell(fault, path));
        return null;
      }
      if (!whole) {
        return null; // the constructor tripped over a value that is missing, which has been told
      }
      if (e.getCause() instanceof IllegalArgumentException refused) {
        return wrong(mapping.place(), refused.getMessage());
      }
      throw new IllegalStateException("making a " + record + " failed", e);
    } catch (IllegalArgumentException | NullPointerException e) {
      if (!whole) {
        return null; // a number is missing
      }
      throw e;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(record + " cannot be made", e);
    }
  }

  private void tell(Check.Fault fault, String path) {
    String at = places.asWritten(path, fault.path());
    boolean known = !places.touchesFailed(at)
        && fault.related().stream()
            .noneMatch(other -> places.touchesFailed(places.asWritten(path, other)));
    if (known) {
      Place place = places.exactly(at);
      if (place != null) {
        wrong(place, fault.message());
      } else {
        wrong(places.nearest(at), fault.path() + ": " + fault.message()); // there is no key to show
      }
    }
  }

  private static String form(Tree tree) {
    return tree instanceof Tree.Scalar
        ? "one value"
        : tree instanceof Tree.Sequence ? "a list" : "keys and values";
  }

  private static String in(String path) {
    return path.isEmpty() ? "" : " in " + path;
  }

  private @Nullable Object wrong(Place place, @Nullable String message) {
    problems.add(new ConfigProblem(place, String.valueOf(message)));
    return null;
  }
}
