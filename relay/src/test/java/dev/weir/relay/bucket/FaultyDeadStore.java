package dev.weir.relay.bucket;

import dev.weir.capture.CaptureId;
import dev.weir.ledger.LossReason;
import dev.weir.relay.store.DeadCapture;
import dev.weir.relay.store.DeadId;
import dev.weir.relay.store.DeadLostException;
import dev.weir.relay.store.DeadRow;
import dev.weir.relay.store.DeadStore;
import dev.weir.unit.GroupName;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dead store that can be made to bury or mark nothing, or to remove nothing, as if its relay were
 * killed before.
 */
final class FaultyDeadStore implements DeadStore {
  boolean buriesNothing;
  boolean marksNothing;
  boolean removesNothing;

  /** With the next call, all that is in it is gone. */
  boolean breaks;

  /** How often rows were marked. */
  int marks;

  private final DeadStore store;

  FaultyDeadStore(DeadStore store) {
    this.store = store;
  }

  @Override
  public List<DeadId> add(List<DeadCapture> dead) throws IOException {
    strike(buriesNothing);
    breakDown();
    return store.add(dead);
  }

  @Override
  public Map<CaptureId, DeadRow.Place> index(GroupName group) throws IOException {
    return store.index(group);
  }

  @Override
  public List<DeadRow> read(
      @Nullable GroupName group, DeadRow.@Nullable State state, long after, int max)
      throws IOException {
    breakDown();
    return store.read(group, state, after, max);
  }

  @Override
  public void mark(DeadRow.State state, Collection<DeadId> ids) throws IOException {
    if (!ids.isEmpty()) {
      strike(marksNothing);
      marks++;
    }
    store.mark(state, ids);
  }

  private void breakDown() throws IOException {
    if (breaks) {
      breaks = false;
      List<DeadRow> all = store.read(null, null, 0, Integer.MAX_VALUE);
      store.remove(all.stream().map(DeadRow::id).toList());
      throw new DeadLostException("injected: damaged", new IOException("injected"));
    }
  }

  private static void strike(boolean now) throws IOException {
    if (now) {
      throw new IOException("injected: the dead store refuses");
    }
  }

  @Override
  public void remove(Collection<DeadId> ids) throws IOException {
    if (removesNothing && !ids.isEmpty()) {
      throw new IOException("injected: nothing is removed");
    }
    store.remove(ids);
  }

  @Override
  public LossReason missing() {
    return store.missing();
  }

  @Override
  public long bytes() {
    return store.bytes();
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
