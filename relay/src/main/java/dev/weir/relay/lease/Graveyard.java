package dev.weir.relay.lease;

import dev.weir.capture.CaptureId;
import dev.weir.relay.store.DeadCapture;
import dev.weir.relay.store.DeadId;
import dev.weir.relay.store.DeadLostException;
import dev.weir.relay.store.DeadRow.Place;
import dev.weir.relay.store.DeadStore;
import dev.weir.unit.GroupName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
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

  /** Where a group's dead lie; those of a store that is found damaged just now are missing. */
  Map<CaptureId, Place> index(GroupName group) throws IOException {
    try {
      return store.index(group);
    } catch (DeadLostException e) {
      return store.index(group); // of the new one
    }
  }
}
