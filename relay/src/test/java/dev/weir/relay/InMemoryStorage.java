package dev.weir.relay;

import dev.weir.relay.store.DeadStore;
import dev.weir.relay.store.InMemoryDeadStore;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool;
import dev.weir.unit.BucketName;
import java.time.InstantSource;
import java.util.List;

/** Keeps buckets as long as the process lives. */
final class InMemoryStorage implements Storage {
  @Override
  public List<BucketName> present() {
    return List.of();
  }

  @Override
  public Spool spool(BucketName bucket, RelayConfig.Bucket config) {
    return new InMemorySpool(config.maxBytes(), config.maxAge(), InstantSource.system());
  }

  @Override
  public DeadStore dead(BucketName bucket, RelayConfig.Bucket config) {
    return new InMemoryDeadStore(config.dead().maxBytes());
  }
}
