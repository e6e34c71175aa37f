package dev.weir.wire;

import dev.weir.capture.CaptureId;

/**
 * One capture of a lease.
 *
 * @param offset where it stands in the bucket: what a settlement names
 * @param attempt 1 for the first try by this group
 * @param bytes the encoded capture
 */
public record LeasedCapture(long offset, CaptureId id, int attempt, byte[] bytes) {}
