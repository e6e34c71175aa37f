package dev.weir.player.replay;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureId;
import dev.weir.wire.LeaseRequest.Order;
import dev.weir.wire.LeasedCapture;
import java.time.Duration;

/**
 * One leased capture that waits for its turn or is under way.
 *
 * @param lane captures of one lane go one after the other; empty: of no lane
 * @param isFresh whether the group meets it for the first time: neither tried nor held back before
 * @param attempt 1 for the first try by this group
 * @param firstAttemptAt by the replay's ticker
 * @param size of the encoded capture, in bytes
 */
record Work(
    HeldLease lease,
    long offset,
    CaptureId id,
    boolean isFresh,
    int attempt,
    long firstAttemptAt,
    String lane,
    int size,
    Capture capture) {

  /** @param now by the replay's ticker */
  static Work of(HeldLease lease, LeasedCapture item, Capture capture, Order order, long now) {
    return new Work(
        lease,
        item.offset(),
        item.id(),
        item.ageMs() == 0 && item.attempt() == 1,
        item.attempt(),
        now - Duration.ofMillis(item.ageMs()).toNanos(),
        Lanes.nameFor(capture, order),
        item.bytes().length,
        capture);
  }
}
