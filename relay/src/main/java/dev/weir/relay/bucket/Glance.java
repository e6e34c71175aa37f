package dev.weir.relay.bucket;

import dev.weir.capture.MalformedException;
import dev.weir.relay.store.Envelope;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.unit.ByteSize;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Peek;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A look at what a bucket holds, past its groups: nothing changes by it. Any thread. */
final class Glance {
  private Glance() {}

  /** What is there, oldest first; gaps, and frames that are no captures, are passed over. */
  static List<LeasedCapture> at(Spool spool, Peek peek) throws IOException {
    int most = Math.min(peek.max(), Peek.MAX_CAPTURES);
    long left = Math.min(peek.maxBytes(), Peek.MAX_BYTES);
    List<LeasedCapture> seen = new ArrayList<>();
    long next = peek.from();
    while (seen.size() < most && left > 0) {
      List<Entry> entries = spool.read(next, most - seen.size(), new ByteSize(left));
      if (entries.isEmpty()) {
        break;
      }
      for (Entry entry : entries) {
        if (entry instanceof Frame frame && (seen.isEmpty() || frame.bytes().length <= left)) {
          add(frame, seen);
          left -= frame.bytes().length;
        } else if (entry instanceof Frame) {
          return seen;
        }
        next = entry.through() + 1;
      }
    }
    return seen;
  }

  private static void add(Frame frame, List<LeasedCapture> seen) {
    try {
      Envelope envelope = Envelope.decode(frame.bytes());
      seen.add(new LeasedCapture(frame.position(), envelope.id(), 0, envelope.capture()));
    } catch (MalformedException e) {
      // no player would get it either: there is nothing to show
    }
  }
}
