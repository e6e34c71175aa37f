package dev.weir.relay.bucket;

import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The saboteur: a spool whose disk refuses to write while {@link #broken}. */
final class FaultySpool implements Spool {
  private final Spool spool;
  boolean broken;

  FaultySpool(Spool spool) {
    this.spool = spool;
  }

  @Override
  public Append append(List<byte[]> frames, Map<String, byte[]> marks, WhenFull whenFull)
      throws IOException {
    if (broken) {
      throw new IOException("no space left on device");
    }
    return spool.append(frames, marks, whenFull);
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
  public void close() throws IOException {
    spool.close();
  }
}
