package dev.weir.spool;

import dev.weir.ledger.LossReason;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A spool that fails when told to, for the tests of those who use one: a saboteur around a real or
 * an in-memory one. Never fails on its own.
 */
public final class FaultySpool implements Spool {
  /** The calls that can be made to fail. */
  public enum Call {
    APPEND,
    READ,
    TRUNCATE,
    EXPIRE,
    CLOSE
  }

  private final Spool spool;
  private final Map<Call, Integer> failures = new EnumMap<>(Call.class);
  private int full;

  public FaultySpool(Spool spool) {
    this.spool = spool;
  }

  /** The next so many of those calls throw an {@link IOException} and change nothing. */
  public synchronized void fail(Call call, int times) {
    failures.put(call, times);
  }

  /** The next so many appends of frames answer {@link Append.Full}. */
  public synchronized void beFull(int times) {
    full = times;
  }

  /** From now on everything works again. */
  public synchronized void heal() {
    failures.clear();
    full = 0;
  }

  private synchronized void strike(Call call) throws IOException {
    int left = failures.getOrDefault(call, 0);
    if (left > 0) {
      failures.put(call, left - 1);
      throw new IOException("injected: " + call.name().toLowerCase(Locale.ROOT) + " failed");
    }
  }

  private synchronized boolean isFull(List<byte[]> frames) {
    boolean now = full > 0 && !frames.isEmpty();
    full -= now ? 1 : 0;
    return now;
  }

  @Override
  public Append append(List<byte[]> frames, Map<String, byte[]> marks, WhenFull whenFull)
      throws IOException {
    strike(Call.APPEND);
    if (isFull(frames)) {
      State state = spool.state();
      return new Append.Full(state.used(), state.limit());
    }
    return spool.append(frames, marks, whenFull);
  }

  @Override
  public void lose(long count, LossReason reason) {
    spool.lose(count, reason);
  }

  @Override
  public List<Entry> read(long from, int maxFrames, ByteSize maxBytes) throws IOException {
    strike(Call.READ);
    return spool.read(from, maxFrames, maxBytes);
  }

  @Override
  public void truncate(long position) throws IOException {
    strike(Call.TRUNCATE);
    spool.truncate(position);
  }

  @Override
  public void expire() throws IOException {
    strike(Call.EXPIRE);
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
  public State state() {
    return spool.state();
  }

  /** Closes the spool behind this in any case; fails after that if told to. */
  @Override
  public void close() throws IOException {
    spool.close();
    strike(Call.CLOSE);
  }
}
