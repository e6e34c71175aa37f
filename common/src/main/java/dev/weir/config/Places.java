package dev.weir.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where each path of a configuration stands, and which of them could not be read. A path is written
 * {@code sources[2].listen}, a key with dots in quotes; the root's is empty.
 */
final class Places {
  private static final Pattern STEP = Pattern.compile("\\[(\\d+)]|\\.?(?:\"([^\"]*)\"|([^.\\[]+))");

  private final Tree root;
  private final Set<String> failed = new HashSet<>();
  private final Map<String, List<Integer>> kept = new HashMap<>();

  Places(Tree root) {
    this.root = root;
  }

  static String under(String path, String key) {
    String step = key.indexOf('.') >= 0 || key.indexOf('[') >= 0 ? "\"" + key + "\"" : key;
    return path.isEmpty() ? step : path + "." + step;
  }

  void failed(String path) {
    failed.add(path);
  }

  /** Notes that of the list at {@code path} only these items could be read, by their index. */
  void kept(String path, List<Integer> items) {
    kept.put(path, items);
  }

  /**
   * The path of a record's fault, with the indices of the file: the record knows only the items
   * that could be read.
   */
  String asWritten(String record, String fault) {
    StringBuilder path = new StringBuilder(record);
    Matcher steps = STEP.matcher(fault);
    while (steps.find()) {
      String index = steps.group(1);
      if (index == null) {
        String joined = under(path.toString(), key(steps));
        path.setLength(0);
        path.append(joined);
      } else {
        List<Integer> items = kept.get(path.toString());
        int seen = Integer.parseInt(index);
        path.append('[').append(items == null ? seen : items.get(seen)).append(']');
      }
    }
    return path.toString();
  }

  /** Whether this, something in it or something around it, but for the root, could not be read. */
  boolean touchesFailed(String path) {
    return failed.stream()
        .anyMatch(bad -> !bad.isEmpty() && (isWithin(bad, path) || isWithin(path, bad)));
  }

  private static String key(Matcher step) {
    return step.group(2) == null ? String.valueOf(step.group(3)) : step.group(2);
  }

  private static boolean isWithin(String inner, String outer) {
    return inner.startsWith(outer)
        && (inner.length() == outer.length() || ".[".indexOf(inner.charAt(outer.length())) >= 0);
  }

  /** The value's place; null where the path is not written. */
  @Nullable
  Place exactly(String path) {
    return walk(path, false);
  }

  /** The value's place, or that of the nearest around it that is written. */
  Place nearest(String path) {
    return Objects.requireNonNull(walk(path, true));
  }

  private @Nullable Place walk(String path, boolean nearest) {
    Tree at = root;
    Matcher steps = STEP.matcher(path);
    while (steps.find()) {
      Tree next = child(at, steps.group(1), key(steps));
      if (next == null) {
        return nearest ? at.place() : null;
      }
      at = next;
    }
    return at.place();
  }

  private static @Nullable Tree child(Tree tree, @Nullable String index, String key) {
    if (tree instanceof Tree.Sequence sequence && index != null) {
      int i = Integer.parseInt(index);
      return i < sequence.items().size() ? sequence.items().get(i) : null;
    }
    if (tree instanceof Tree.Mapping mapping && index == null) {
      Tree.Entry entry = mapping.entries().get(key);
      return entry == null ? null : entry.value();
    }
    return null;
  }
}
