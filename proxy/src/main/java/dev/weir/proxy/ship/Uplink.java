package dev.weir.proxy.ship;

import dev.weir.capture.RunId;
import dev.weir.spool.Spool.Entry;
import dev.weir.unit.BucketName;
import dev.weir.wire.Stored.Usage;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way to the relay. Carries one batch once and says what became of it; when to try again is the
 * shipper's business.
 */
public interface Uplink {
  /**
   * Sends one batch and waits for the answer, no longer than its own time-out. Never throws on
   * account of the relay.
   */
  Delivery send(Shipment shipment) throws InterruptedException;

  /**
   * Entries of one run that follow each other.
   *
   * @param acked the highest number of the run that we were told is stored
   * @param entries positioned by their number in the run; never empty
   */
  record Shipment(BucketName bucket, RunId run, long acked, List<Entry> entries) {
    long first() {
      return entries.get(0).from();
    }

    long last() {
      return entries.get(entries.size() - 1).through();
    }
  }

  /** What became of a batch. */
  sealed interface Delivery {
    /**
     * Everything up to {@code through} is committed at the relay.
     *
     * @param wireBytes what went over the line
     */
    record Stored(long through, Usage bucket, Duration pause, long wireBytes) implements Delivery {}

    /** The relay refuses one capture for good; nothing of the batch is stored. */
    record Rejected(long seq, String reason) implements Delivery {}

    /** The batch is more than the relay takes at once. */
    record TooLarge(String reason) implements Delivery {}

    /**
     * Not stored, as far as we know; the same bytes may be sent again.
     *
     * @param after how long the relay asks to wait, or null
     */
    record Failed(String reason, @Nullable Duration after) implements Delivery {}
  }
}
