package dev.weir.relay.bucket;

import dev.weir.capture.MalformedException;
import dev.weir.relay.store.Envelope;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When the captures of a bucket arrived, by the wall clock of this relay. */
record Timeline(Spool spool) {
  /** In milliseconds since 1970; null: there is no capture at this position. */
  @Nullable
  Long arrivedMs(long position) throws IOException {
    List<Entry> entries = spool.read(position, 1, new ByteSize(1));
    if (entries.isEmpty() || !(entries.get(0) instanceof Frame frame)) {
      return null;
    }
    try {
      return Envelope.decode(frame.bytes()).arrivedMs();
    } catch (MalformedException e) {
      return null; // whoever reads it will book it
    }
  }

  /** The first position that still has a capture; the end where there is none. */
  long oldest() throws IOException {
    long at = spool.state().first();
    while (true) {
      List<Entry> entries = spool.read(at, 1, new ByteSize(1));
      if (entries.isEmpty() || !(entries.get(0) instanceof Gap gap)) {
        return at;
      }
      at = gap.through() + 1;
    }
  }

  /**
   * The first position whose capture arrived at {@code since} or later; {@code high} where none
   * before it did. In doubt an earlier one.
   */
  long firstSince(long high, long since) throws IOException {
    long first = oldest();
    long end = high;
    while (first < end) {
      long middle = first + (end - first) / 2;
      Long arrived = arrivedMs(middle);
      if (arrived != null && arrived < since) {
        first = middle + 1;
      } else {
        end = middle;
      }
    }
    return first;
  }
}
