package dev.weir.relay.store;

import dev.weir.capture.CaptureId;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A dead store that forgets everything with its process: the honest fake. */
public final class InMemoryDeadStore implements DeadStore {
  private record Key(GroupName group, CaptureId id) {}

  private final ByteSize limit;
  private final Map<Key, DeadCapture> byKey = new LinkedHashMap<>();
  private long bytes;

  public InMemoryDeadStore(ByteSize limit) {
    this.limit = limit;
  }

  @Override
  public Map<GroupName, Long> add(List<DeadCapture> dead) {
    for (DeadCapture one : dead) {
      if (byKey.putIfAbsent(new Key(one.group(), one.id()), one) == null) {
        bytes += one.capture().length;
      }
    }
    Map<GroupName, Long> dropped = new HashMap<>();
    Iterator<DeadCapture> oldest = byKey.values().iterator();
    while (bytes > limit.bytes() && byKey.size() > 1) {
      DeadCapture one = oldest.next();
      oldest.remove();
      bytes -= one.capture().length;
      dropped.merge(one.group(), 1L, Long::sum);
    }
    return dropped;
  }

  @Override
  public Map<CaptureId, Long> offsets(GroupName group) {
    Map<CaptureId, Long> offsets = new HashMap<>();
    byKey.forEach((key, one) -> {
      if (key.group().equals(group)) {
        offsets.put(key.id(), one.offset());
      }
    });
    return offsets;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    // what it holds goes with it
  }
}
