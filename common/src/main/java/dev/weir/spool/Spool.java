package dev.weir.spool;

import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.unit.ByteSize;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A bounded, durable sequence of opaque frames at positions 1, 2, 3 … There are no silent holes:
 * every position ever given is read back as its frame or inside a {@link Gap}, and a gap is the
 * loss itself. Positions go on from one opening to the next; each opening is a {@link Run}, in
 * which the same frames are numbered from 1.
 *
 * <p>Starts no threads. Any thread may change it, one change at a time, and any may read meanwhile.
 */
public interface Spool extends Closeable {
  /** What to do for room when an append would pass the bounds. */
  enum WhenFull {
    /**
     * Drop whole segments, oldest first, as {@link LossReason#EVICTED}; the one being written is
     * never dropped.
     */
    DROP_OLDEST,
    /** Write nothing and answer {@link Append.Full}. */
    REFUSE
  }

  /**
   * Appends all or none, and sets {@code marks} in the same commit. When this returns
   * {@link Append.Done}, both survive a power cut. An empty list of frames commits the marks alone,
   * even in a full spool; it is done from the next position to the one before it.
   *
   * @param marks small values kept beside the frames; an empty array removes the mark
   * @throws IOException if the disk refused: nothing was appended, no position was given, and the
   *     spool can be used again. A full disk is no such refusal but {@link Append.Full}, except to
   *     marks alone. After a crash that follows at once, a refused commit may prove to be there.
   */
  Append append(List<byte[]> frames, Map<String, byte[]> marks, WhenFull whenFull)
      throws IOException;

  /**
   * Gives the next {@code count} positions to captures that never became frames: a gap from the
   * start. In memory at once, on disk with the next commit; never fails.
   */
  void lose(long count, LossReason reason);

  /**
   * What stands at {@code from} and after, without a hole: at least one entry, however large the
   * frame; empty at the end. Stops at the end of a run. Never waits.
   *
   * @param from a position from {@link State#first} on; an earlier one is read as the first
   * @param maxFrames entries at most, a gap counting as one
   * @param maxBytes of frames at most, but for the first
   * @throws IOException if the disk refused; damage is no refusal but becomes a gap
   */
  List<Entry> read(long from, int maxFrames, ByteSize maxBytes) throws IOException;

  /**
   * Forgets everything before {@code position}: not a loss, the next stage has it. Frees disk a
   * segment at a time, and only then commits at once: after a crash {@link State#first} may be an
   * earlier one. Does nothing if the position is already forgotten.
   *
   * @throws IllegalArgumentException if the position is after {@link State#next}
   */
  void truncate(long position) throws IOException;

  /**
   * Drops segments whose newest frame is older than the spool's age bound, as
   * {@link LossReason#EXPIRED}. Call it now and then.
   */
  void expire() throws IOException;

  /** The marks as last committed. */
  Map<String, byte[]> marks();

  /** The run that a position from {@link State#first} to {@link State#next} belongs to. */
  Run runAt(long position);

  State state();

  /**
   * One opening of this spool.
   *
   * @param first the position of its number 1
   */
  record Run(RunId id, long first) {
    /** The identity of the frame at a position of this run. */
    public CaptureId idAt(long position) {
      return new CaptureId(id, position - first + 1);
    }

    /** The position of number {@code seq}. */
    public long positionOf(long seq) {
      return first + seq - 1;
    }
  }

  /**
   * A consistent view.
   *
   * @param runs of the positions from {@code first} on, oldest first; appends go to the last
   * @param first the first position that is not truncated
   * @param next the position that the next frame will get
   * @param waiting how many frames can be read from {@code first} on
   * @param used bytes on disk, write-ahead log included
   * @param lost every capture that this directory ever lost, by reason, truncated gaps included
   */
  record State(
      List<Run> runs,
      long first,
      long next,
      long waiting,
      ByteSize used,
      ByteSize limit,
      Map<LossReason, Long> lost) {
    /** The run that appends go to. */
    public Run run() {
      return runs.get(runs.size() - 1);
    }
  }

  /** What became of an append. */
  sealed interface Append {
    /**
     * The frames stand at {@code first} to {@code last}; what was dropped to make room is a gap
     * now.
     */
    record Done(long first, long last) implements Append {}

    /** Nothing was written. */
    record Full(ByteSize used, ByteSize limit) implements Append {}
  }

  /** What stands at one position or several. */
  sealed interface Entry {
    long from();

    long through();
  }

  /** A frame as it was appended. */
  record Frame(long position, byte[] bytes) implements Entry {
    @Override
    public long from() {
      return position;
    }

    @Override
    public long through() {
      return position;
    }
  }

  /**
   * Positions whose frames are lost. When a segment is dropped, the gaps that it had are read back
   * as part of the larger one, under its reason; {@link State#lost} keeps them apart.
   */
  record Gap(long from, long through, LossReason reason) implements Entry {
    public long count() {
      return through - from + 1;
    }
  }
}
