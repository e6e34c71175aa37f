package dev.weir.wire;

import dev.weir.capture.CaptureId;

/**
 * One capture of a lease.
 *
 * @param offset where it stands in the bucket: what a settlement names
 * @param attempt 1 for the first try by this group
 * @param ageMs milliseconds since the group's first attempt; 0 for the first
 * @param bytes the encoded capture
 */
public record LeasedCapture(long offset, CaptureId id, int attempt, long ageMs, byte[] bytes) {
  /** One that is tried for the first time. */
  public LeasedCapture(long offset, CaptureId id, int attempt, byte[] bytes) {
    this(offset, id, attempt, 0, bytes);
  }
}
