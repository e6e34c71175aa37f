package dev.weir.proxy.pipeline;

import dev.weir.script.Hook;
import dev.weir.unit.BucketName;
import java.util.Set;

/**
 * Where the captures of one source go.
 *
 * @param hook runs on each of them; the pipeline's thread alone calls it
 * @param buckets where they go unless the hook chooses; never empty
 */
public record Route(Hook hook, Set<BucketName> buckets) {
  public Route {
    buckets = Set.copyOf(buckets);
    if (buckets.isEmpty()) {
      throw new IllegalArgumentException("a source needs a bucket");
    }
  }
}
