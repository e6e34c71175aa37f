package dev.weir.script;

import dev.weir.unit.BucketName;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a script at a stage may name.
 *
 * @param buckets that {@code req.bucket} may be; empty: any
 * @param targets that {@code req.target} may be; empty: any
 */
public record Scope(Stage stage, Set<BucketName> buckets, Set<String> targets) {
  public Scope {
    buckets = Set.copyOf(new TreeSet<>(buckets));
    targets = Set.copyOf(targets);
  }

  public static Scope of(Stage stage) {
    return new Scope(stage, Set.of(), Set.of());
  }
}
