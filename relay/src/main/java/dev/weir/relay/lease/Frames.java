package dev.weir.relay.lease;

import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks up single positions of a spool, through a window that moves along: it is read in chunks.
 */
final class Frames {
  /** The window holds no more, save that one frame always fits. */
  private static final ByteSize WINDOW = ByteSize.ofMegabytes(1);

  private static final int MAX_FRAMES = 500;

  private final Spool spool;
  private final NavigableMap<Long, Entry> window = new TreeMap<>();

  Frames(Spool spool) {
    this.spool = spool;
  }

  /**
   * What stands at {@code position}, or null if that is still to come. What the spool has truncated
   * is a gap here: whoever asks has missed it.
   */
  @Nullable
  Entry at(long position) throws IOException {
    Entry known = inWindow(position);
    if (known != null) {
      return known;
    }
    List<Entry> read = spool.read(position, MAX_FRAMES, WINDOW);
    long first = read.isEmpty() ? spool.state().first() : read.get(0).from();
    if (read.isEmpty() && first <= position) {
      return null;
    }
    window.clear();
    if (first > position) {
      Gap missed = new Gap(position, first - 1, LossReason.EVICTED);
      window.put(position, missed);
    }
    for (Entry entry : read) {
      window.put(entry.from(), entry);
    }
    return inWindow(position);
  }

  /** Frees the memory: nobody asks at present. */
  void rest() {
    window.clear();
  }

  private @Nullable Entry inWindow(long position) {
    Map.Entry<Long, Entry> before = window.floorEntry(position);
    return before != null && before.getValue().through() >= position ? before.getValue() : null;
  }
}
