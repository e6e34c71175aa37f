package dev.weir.proxy.ship;

import dev.weir.capture.RunId;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.unit.BucketName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way to the relay. Carries one batch once and says what became of it; when to try again is the
 * shipper's business.
 */
public interface Uplink {
  /**
   * Sends one batch and waits for the answer, no longer than {@code atMost}. Never throws on
   * account of the relay.
   */
  Attempt send(Shipment shipment, Duration atMost) throws InterruptedException;

  /** @param wireBytes what went over the line, as far as we know */
  record Attempt(Delivery delivery, long wireBytes) {}

  /**
   * Entries of one run that follow each other.
   *
   * @param acked the highest number of the run that we were told is stored
   * @param entries positioned by their number in the run; never empty
   */
  record Shipment(BucketName bucket, RunId run, long acked, List<Entry> entries) {
    public Shipment {
      if (entries.isEmpty()) {
        throw new IllegalArgumentException("a shipment without entries");
      }
    }

    long first() {
      return entries.get(0).from();
    }

    long last() {
      return entries.get(entries.size() - 1).through();
    }

    /** Whether that number is a capture's, not a gap's. */
    boolean hasCapture(long seq) {
      return entries.stream().anyMatch(e -> e instanceof Frame && e.from() == seq);
    }

    /** How many captures it holds up to a number; gaps are none. */
    long captures(long through) {
      return entries.stream()
          .filter(entry -> entry instanceof Frame && entry.from() <= through)
          .count();
    }
  }

  /** What became of a batch. */
  sealed interface Delivery {
    /**
     * The batch is committed at the relay, or its beginning is.
     *
     * @param through the last number of the batch that is
     * @param pause how long the relay asks to wait before the next
     */
    record Stored(long through, Duration pause) implements Delivery {}

    /** The relay refuses one capture for good, by its number; nothing of the batch is stored. */
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
