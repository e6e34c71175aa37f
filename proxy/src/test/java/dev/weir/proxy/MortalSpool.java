package dev.weir.proxy;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A spool in memory whose process can be killed at a commit, and whose disk can refuse one. */
public final class MortalSpool implements Spool {
  private final InMemorySpool spool;
  private final List<List<byte[]>> appended = new ArrayList<>();
  private Fault next = Fault.NONE;

  /** What happens to an append. */
  public enum Fault {
    /** Nothing bad. */
    NONE,
    /** The disk refuses the write. */
    IO_ERROR,
    /** There is no memory for it. */
    NO_MEMORY,
    /** The process is killed before the commit. */
    KILLED_BEFORE,
    /** The process is killed after the commit. */
    KILLED_AFTER
  }

  /** Stands for the end of the process: nothing catches it, and nothing runs after it. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    public Killed() {
      super("killed", null, false, false);
    }
  }

  public MortalSpool(InMemorySpool spool) {
    this.spool = spool;
  }

  /** The same spool after a restart, without a fault. */
  public MortalSpool reopen(Map<RunId, Long> numbered) {
    return new MortalSpool(spool.reopen(numbered));
  }

  /** What the next append of frames meets; those after it meet nothing. */
  public void next(Fault fault) {
    next = fault;
  }

  /**
   * The frames of every append that came through to the spool, the very arrays that were handed
   * over.
   */
  public List<List<byte[]>> appended() {
    return appended;
  }

  @Override
  public Append append(List<byte[]> frames, Map<String, byte[]> marks, WhenFull whenFull)
      throws IOException {
    if (frames.isEmpty()) {
      return spool.append(frames, marks, whenFull);
    }
    Fault fault = next;
    next = Fault.NONE;
    if (fault == Fault.IO_ERROR) {
      throw new IOException("no such luck");
    }
    if (fault == Fault.NO_MEMORY) {
      throw new OutOfMemoryError("no such luck");
    }
    if (fault == Fault.KILLED_BEFORE) {
      throw new Killed();
    }
    Append append = spool.append(frames, marks, whenFull);
    appended.add(List.copyOf(frames));
    if (fault == Fault.KILLED_AFTER) {
      throw new Killed();
    }
    return append;
  }

  @Override
  public void lose(long count, LossReason reason) {
    spool.lose(count, reason);
  }

  @Override
  public List<Entry> read(long from, int maxFrames, ByteSize maxBytes) throws IOException {
    return spool.read(from, maxFrames, maxBytes);
  }

  @Override
  public void truncate(long position) throws IOException {
    spool.truncate(position);
  }

  @Override
  public void expire() throws IOException {
    spool.expire();
  }

  @Override
  public Map<String, byte[]> marks() {
    return spool.marks();
  }

  @Override
  public Run runAt(long position) {
    return spool.runAt(position);
  }

  @Override
  public List<Run> runs() {
    return spool.runs();
  }

  @Override
  public State state() {
    return spool.state();
  }

  @Override
  public void close() {
    spool.close();
  }
}
