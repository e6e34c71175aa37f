package dev.weir.relay.store;

import dev.weir.capture.CaptureId;
import dev.weir.ledger.LossReason;
import dev.weir.relay.store.DeadRow.Place;
import dev.weir.relay.store.DeadRow.State;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dead store that forgets everything with its process: the honest fake. */
public final class InMemoryDeadStore implements DeadStore {
  private final ByteSize limit;
  private final Map<DeadId, DeadRow> byKey = new LinkedHashMap<>();
  private long numbers;

  public InMemoryDeadStore(ByteSize limit) {
    this.limit = limit;
  }

  @Override
  public List<DeadId> add(List<DeadCapture> dead) {
    for (DeadCapture one : dead) {
      DeadId key = new DeadId(one.group(), one.id());
      DeadRow before = byKey.get(key);
      if (before == null) {
        byKey.put(key, new DeadRow(++numbers, State.RESTING, one));
      } else if (before.state() != State.RESTING) {
        byKey.put(key, new DeadRow(before.number(), State.RESTING, one));
      }
    }
    List<DeadId> dropped = new ArrayList<>();
    for (DeadRow row : List.copyOf(byKey.values())) {
      if (bytes() > limit.bytes() && row.number() < numbers && !row.state().isGone()) {
        byKey.remove(row.id());
        dropped.add(row.id());
      }
    }
    return dropped;
  }

  @Override
  public Map<CaptureId, Place> index(GroupName group) {
    Map<CaptureId, Place> index = new HashMap<>();
    byKey.forEach((key, row) -> {
      if (key.group().equals(group)) {
        index.put(key.id(), new Place(row.capture().offset(), row.state()));
      }
    });
    return index;
  }

  @Override
  public List<DeadRow> read(@Nullable GroupName group, @Nullable State state, long after, int max) {
    List<DeadRow> rows = new ArrayList<>();
    long bytes = 0;
    for (DeadRow row : byKey.values()) {
      boolean asked = (group == null || group.equals(row.capture().group()))
          && (state == null ? !row.state().isGone() : state == row.state())
          && row.number() > after;
      if (asked && rows.size() < max && (rows.isEmpty() || bytes < MOST_READ.bytes())) {
        rows.add(row);
        bytes += row.capture().capture().length;
      }
    }
    return rows;
  }

  @Override
  public void mark(State state, Collection<DeadId> keys) {
    keys.forEach(key -> byKey.computeIfPresent(
        key, (same, row) -> new DeadRow(row.number(), state, row.capture())));
  }

  @Override
  public void remove(Collection<DeadId> keys) {
    byKey.keySet().removeAll(List.copyOf(keys));
  }

  @Override
  public LossReason missing() {
    return LossReason.EVICTED;
  }

  @Override
  public long bytes() {
    return byKey.values().stream()
        .filter(row -> !row.state().isGone())
        .mapToLong(row -> row.capture().capture().length)
        .sum();
  }

  @Override
  public void close() {
    // what it holds goes with it
  }
}
