package dev.weir.relay.bucket;

import dev.weir.capture.RunId;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import java.util.List;

/**
 * One batch on its arrival.
 *
 * @param proxy the sender's name, a label
 * @param acked the highest number of the run that the sender was ever told is stored
 * @param entries follow each other without a hole, positioned by their number in the run; may be
 *     none
 */
public record Shipment(RunId run, String proxy, long acked, List<Entry> entries) {
  public Shipment {
    entries = List.copyOf(entries);
  }

  /** What its captures take. */
  long bytes() {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry instanceof Frame frame ? frame.bytes().length : 0;
    }
    return bytes;
  }
}
