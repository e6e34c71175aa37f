package dev.weir.proxy.pipeline;

import dev.weir.proxy.pipeline.IntakeQueue.Item;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Hook.Result;
import dev.weir.unit.BucketName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the hooks. What makes no sense to us is a hook's failure, so that nothing raw is kept. The
 * pipeline's thread alone.
 */
final class Hooks {
  private static final Logger LOG = LoggerFactory.getLogger(Hooks.class);

  private final Set<BucketName> buckets;
  private final Set<Hook> broken = new HashSet<>();

  /** @param buckets those that there are */
  Hooks(Set<BucketName> buckets) {
    this.buckets = buckets;
  }

  /** What the hook decides on a capture; what it lets through is added to the batch. */
  Result decide(Item item, Batch batch) {
    Route route = item.route();
    try {
      Result result = route.hook().run(item.capture());
      if (result instanceof Result.Kept kept) {
        check(kept.emissions());
        if (item.emitted()) {
          batch.addEmitted(kept.emissions(), route.buckets());
        } else {
          batch.add(kept.emissions(), route.buckets());
        }
      } else {
        batch.addNothing();
      }
      return result;
    } catch (RuntimeException | VirtualMachineError e) { // no memory to encode it, say
      if (broken.add(route.hook())) {
        LOG.error("a hook broke its contract; what it gets wrong is dropped, and counted", e);
      }
      batch.addNothing();
      return new Result.Failed(String.valueOf(e.getMessage()));
    }
  }

  private void check(List<Emission> emissions) {
    if (emissions.isEmpty()) {
      throw new IllegalArgumentException("the hook kept a capture as nothing");
    }
    for (Emission emission : emissions) {
      for (BucketName bucket : emission.buckets()) {
        if (!buckets.contains(bucket)) {
          throw new IllegalArgumentException("there is no bucket \"" + bucket + "\"");
        }
      }
    }
  }
}
