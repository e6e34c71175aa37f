package dev.weir.relay;

import dev.weir.relay.store.DeadStore;
import dev.weir.spool.Spool;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.util.List;

/** Where a relay keeps its buckets. */
interface Storage {
  /** The buckets that are there already. */
  List<BucketName> present() throws IOException;

  /** Opens a bucket's captures, empty ones if there are none yet. */
  Spool spool(BucketName bucket, RelayConfig.Bucket config) throws IOException;

  /** Opens a bucket's dead, none if there are none yet. */
  DeadStore dead(BucketName bucket, RelayConfig.Bucket config) throws IOException;
}
