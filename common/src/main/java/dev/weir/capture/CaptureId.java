package dev.weir.capture;

/**
 * Names one copy of a capture for ever: the run of the spool that numbered it, and the number.
 *
 * @param seq 1, 2, 3 … within the run
 * @param copy 1 for the capture itself, 2 and more for what a hook on the relay split off it
 */
public record CaptureId(RunId run, long seq, int copy) {
  /** A hook makes no more of one capture. */
  public static final int MOST_COPIES = 100;

  public CaptureId {
    if (seq < 1 || copy < 1) {
      throw new IllegalArgumentException("seq and copy start at 1, not " + seq + "." + copy);
    }
  }

  public CaptureId(RunId run, long seq) {
    this(run, seq, 1);
  }

  /**
   * What names the {@code part}th request, from 1 on, that a player's hook made of it: the first is
   * the capture itself, and no other is a copy that a relay makes.
   */
  public CaptureId part(int part) {
    return new CaptureId(run, seq, copy + (part - 1) * MOST_COPIES);
  }

  /** {@code run-seq}, and {@code run-seq.copy} for the second copy and later. */
  @Override
  public String toString() {
    return run + "-" + seq + (copy == 1 ? "" : "." + copy);
  }
}
