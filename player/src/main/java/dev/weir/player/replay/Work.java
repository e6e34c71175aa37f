package dev.weir.player.replay;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureId;

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
    Capture capture) {}
