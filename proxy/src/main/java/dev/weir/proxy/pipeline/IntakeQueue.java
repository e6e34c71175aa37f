package dev.weir.proxy.pipeline;

import dev.weir.capture.Capture;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.unit.ByteSize;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What the sources have handed over and the pipeline has not yet taken: bounded by count and by
 * bytes. Never blocks.
 */
final class IntakeQueue {
  private final MpscArrayQueue<Item> items;
  private final AtomicLong bytes = new AtomicLong();
  private final int maxCaptures;
  private final long maxBytes;

  IntakeQueue(int maxCaptures, ByteSize maxBytes) {
    this.items = new MpscArrayQueue<>(maxCaptures);
    this.maxCaptures = maxCaptures;
    this.maxBytes = maxBytes.bytes();
  }

  /**
   * One capture on its way through.
   *
   * @param verdict who waits for it, or null where nobody does
   * @param emitted whether a timer made it, so that no source has captured it
   * @param footprint about what it takes in memory, in bytes
   */
  record Item(
      Route route,
      Capture capture,
      @Nullable CompletableFuture<Verdict> verdict,
      boolean emitted,
      long footprint) {
    static Item offered(Route route, Capture capture) {
      return new Item(route, capture, null, false, capture.footprint());
    }

    static Item submitted(Route route, Capture capture, CompletableFuture<Verdict> verdict) {
      return new Item(route, capture, verdict, false, capture.footprint());
    }

    static Item emitted(Route route, Capture capture) {
      return new Item(route, capture, null, true, capture.footprint());
    }

    boolean isSubmitted() {
      return verdict != null;
    }
  }

  /** False if it would be too many or too much; nothing has changed then. Any thread. */
  boolean add(Item item) {
    long size = item.footprint();
    if (bytes.addAndGet(size) > maxBytes || !items.offerIfBelowThreshold(item, maxCaptures)) {
      bytes.addAndGet(-size);
      return false;
    }
    return true;
  }

  /** The oldest, left in place; the pipeline's thread alone. */
  @Nullable
  Item peek() {
    return items.peek();
  }

  /** Removes what {@link #peek} showed; the pipeline's thread alone. */
  void remove(Item item) {
    items.poll();
    bytes.addAndGet(-item.footprint());
  }

  /**
   * Empties it; the pipeline's thread alone.
   *
   * @param refusal what is said of those that were submitted
   * @return how many it held that had been offered
   */
  long clear(Verdict refusal) {
    long offered = 0;
    for (Item item = peek(); item != null; item = peek()) {
      remove(item);
      CompletableFuture<Verdict> verdict = item.verdict();
      if (verdict != null) {
        verdict.complete(refusal);
      } else if (!item.emitted()) {
        offered++;
      }
    }
    return offered;
  }

  boolean isEmpty() {
    return items.isEmpty();
  }
}
