package dev.weir.spool;

import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import java.util.ArrayList;
import java.util.List;

/** What one read has found so far: entries without a hole, within the reader's bounds. */
final class Batch {
  private final int maxEntries;
  private final long maxBytes;
  private final List<Entry> entries = new ArrayList<>();
  private long at;
  private long bytes;
  private boolean full;

  Batch(long from, int maxEntries, long maxBytes) {
    this.at = from;
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
  }

  /** The position that comes next. */
  long at() {
    return at;
  }

  /** Whether the reader's bounds were met. */
  boolean full() {
    return full || entries.size() >= maxEntries;
  }

  int room() {
    return maxEntries - entries.size();
  }

  /** Whether a frame of that length still fits; the first entry always does. */
  boolean accepts(long length) {
    full = full() || (!entries.isEmpty() && bytes + length > maxBytes);
    return !full;
  }

  void frame(byte[] frame) {
    entries.add(new Frame(at, frame));
    bytes += frame.length;
    at++;
  }

  /** Everything up to {@code through} is lost. */
  void gap(long through, LossReason reason) {
    int last = entries.size() - 1;
    if (last >= 0 && entries.get(last) instanceof Gap gap && gap.reason() == reason) {
      entries.set(last, new Gap(gap.from(), through, reason));
    } else {
      entries.add(new Gap(at, through, reason));
    }
    at = through + 1;
  }

  List<Entry> entries() {
    return entries;
  }
}
