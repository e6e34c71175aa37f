package dev.weir.spool;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * How much a spool's files take, and whether an append still fits: into the spool's own bound, and
 * on the disk. Used under the write lock; {@link #used} by anyone.
 *
 * <p>What is appended is written twice, to the log and later to the segment, and the log does not
 * shrink before its segment is sealed: so twice the append, the log once more, the ballast even
 * where it is not there, and a reserve must fit.
 */
final class Room {
  private static final int ROW_BYTES = 64;
  private static final int COMMIT_BYTES = 64 << 10;

  private final SpoolSettings settings;
  private final SpoolDirectory directory;
  private final Ballast ballast;
  private long others;
  private volatile long used;

  Room(SpoolSettings settings, SpoolDirectory directory, Ballast ballast) {
    this.settings = settings;
    this.directory = directory;
    this.ballast = ballast;
  }

  /**
   * What a commit adds to the write-ahead log at most: rows that do not fit into what is left of a
   * page begin a new one, which doubles small rows and adds a page to large ones.
   */
  static long need(List<byte[]> frames, Map<String, byte[]> marks) {
    long need = COMMIT_BYTES;
    for (byte[] frame : frames) {
      need += frame.length + ROW_BYTES + Math.min(frame.length, SqliteFile.PAGE);
    }
    for (byte[] mark : marks.values()) {
      need += 2L * (mark.length + ROW_BYTES);
    }
    return need;
  }

  /** Looks at every file; for when files have come or gone. */
  void measure(long active) throws IOException {
    others = directory.bytes() - directory.bytes(active);
    grown(active);
  }

  /** Looks at the active segment only; for after a commit. */
  void grown(long active) {
    used = others + directory.bytes(active);
  }

  long used() {
    return used;
  }

  boolean fits(long active, long need) {
    return fits(active, need, 0);
  }

  /** Whether it would fit if every sealed segment were dropped. */
  boolean couldFit(long active, long need) {
    return fits(active, need, others - ballast.bytes());
  }

  private boolean fits(long active, long need, long freed) {
    long most = others
        - freed
        + ballast.missing()
        + directory.bytes(active)
        + directory.walBytes(active)
        + 2 * need
        + settings.reserveBytes();
    return most <= settings.maxBytes().bytes()
        && directory.usable() + freed >= settings.minFreeDisk().bytes() + 2 * need;
  }

  /** Whether the ballast can be filled up without taking what others need. */
  boolean hasBallastRoom() {
    long missing = ballast.missing();
    return used + missing + settings.reserveBytes() <= settings.maxBytes().bytes()
        && directory.usable() >= settings.minFreeDisk().bytes() + 2 * missing;
  }
}
