package dev.weir.relay.lease;

import dev.weir.relay.store.DeadCapture;
import dev.weir.relay.store.DeadId;
import dev.weir.relay.store.DeadStore;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * The dead store of a bucket, as its groups share it.
 *
 * @param dropped hears of each row that made room for another
 */
public record Graveyard(DeadStore store, Consumer<DeadId> dropped) {
  /** Durable on return. */
  void bury(List<DeadCapture> dead) throws IOException {
    store.add(dead).forEach(dropped);
  }
}
