package dev.weir.spool;

import dev.weir.unit.ByteSize;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a spool on disk lives and how much it may hold.
 *
 * @param directory made if it is not there, readable by its owner only
 * @param maxBytes what its files may take together; at least 16 MB
 * @param maxAge how long a frame may wait, counted from its arrival in this spool
 * @param minFreeDisk when less is free on the disk, the spool behaves as if it were full
 */
public record SpoolSettings(
    Path directory, ByteSize maxBytes, Duration maxAge, ByteSize minFreeDisk) {
  public static final ByteSize LEAST_BYTES = ByteSize.ofMegabytes(16);

  private static final int SEGMENTS = 16;
  private static final long MB = 1 << 20;

  public SpoolSettings {
    if (maxBytes.compareTo(LEAST_BYTES) < 0) {
      throw new IllegalArgumentException(
          "a spool needs at least " + LEAST_BYTES + ", not " + maxBytes);
    }
    if (maxAge.toMillis() < 1) {
      throw new IllegalArgumentException("a spool's age must be positive, not " + maxAge);
    }
  }

  /** A segment of this size is full. */
  long segmentBytes() {
    return Math.min(maxBytes.bytes() / SEGMENTS, 64 * MB);
  }

  /** A segment of this age is closed, so that slow traffic can expire. */
  Duration segmentAge() {
    return maxAge.dividedBy(SEGMENTS);
  }

  /** What is set aside in a file of its own, to be given back when the disk is full. */
  long ballastBytes() {
    return Math.min(maxBytes.bytes() / SEGMENTS, 8 * MB);
  }

  /** What frames leave to marks, to the books, and to the making of a new segment. */
  long reserveBytes() {
    return Math.min(maxBytes.bytes() / SEGMENTS, 4 * MB);
  }

  /**
   * A write-ahead log of this size is copied into its segment. The writer waits for the disk
   * meanwhile, so this is seldom; what the log takes is part of the spool's bound.
   */
  long checkpointBytes() {
    return segmentBytes() / 4;
  }
}
