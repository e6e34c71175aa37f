package dev.weir.spool;

import dev.weir.capture.RunId;
import dev.weir.durable.CrashPoint;
import dev.weir.ledger.LossReason;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The spool on disk: a ring of SQLite files. Appends go to the newest; room is made by unlinking
 * whole files, because on a full disk SQLite can neither delete nor shrink.
 *
 * <p>Changes are made one at a time, under a lock that is held while they are written. Reads, and
 * questions about the state, never wait for it.
 */
public final class SqliteSpool implements Spool {
  private final SpoolSettings settings;
  private final SpoolDirectory directory;
  private final DirectoryLock lock;
  private final SqliteReaders readers;
  private final SegmentRing ring;
  private final ReentrantLock writing = new ReentrantLock();
  private volatile boolean closed;

  private SqliteSpool(
      SpoolSettings settings,
      SpoolDirectory directory,
      DirectoryLock lock,
      SqliteReaders readers,
      SegmentRing ring) {
    this.settings = settings;
    this.directory = directory;
    this.lock = lock;
    this.readers = readers;
    this.ring = ring;
  }

  /**
   * Opens the spool in a directory, or makes a new one, and begins a run. Damaged files go to
   * quarantine, their captures are gaps; nothing is written before the first commit. Takes as long
   * however much is waiting.
   *
   * @param numbered the last number that each run is known to have given, as far as known: what was
   *     numbered and not committed becomes a gap, {@link LossReason#CRASH}
   * @throws IOException if another process has the directory open, or the disk cannot be read
   */
  public static SqliteSpool open(
      SpoolSettings settings, Map<RunId, Long> numbered, InstantSource clock) throws IOException {
    return open(settings, numbered, clock, Disk.REAL);
  }

  static SqliteSpool open(
      SpoolSettings settings, Map<RunId, Long> numbered, InstantSource clock, Disk disk)
      throws IOException {
    SpoolDirectory directory = new SpoolDirectory(settings.directory(), disk);
    directory.create();
    DirectoryLock lock = DirectoryLock.acquire("spool", directory.file("LOCK"));
    SqliteReaders readers = new SqliteReaders(directory, clock);
    try {
      disk.reach(CrashPoint.LOCKED);
      Account account =
          new Recovery(directory, readers, lock.runs(), numbered, clock.millis()).account();
      SegmentRing ring = new SegmentRing(settings, clock, directory, lock, readers, account);
      ring.start();
      return new SqliteSpool(settings, directory, lock, readers, ring);
    } catch (IOException | RuntimeException e) {
      readers.close();
      lock.close();
      throw e;
    }
  }

  /** A change that may come upon a damaged segment. */
  private interface Change<T> {
    T make() throws IOException;
  }

  private <T> T change(Change<T> change) throws IOException {
    writing.lock();
    try {
      while (true) {
        checkOpen();
        try {
          return change.make();
        } catch (DamagedException e) {
          if (!ring.account().holds(e.segment())) {
            throw e;
          }
          ring.mend(e);
        }
      }
    } finally {
      writing.unlock();
    }
  }

  @Override
  public Append append(List<byte[]> frames, Map<String, byte[]> marks, WhenFull whenFull)
      throws IOException {
    return change(() -> ring.append(frames, marks, whenFull));
  }

  @Override
  public void lose(long count, LossReason reason) {
    if (count < 1) {
      throw new IllegalArgumentException("cannot lose " + count + " captures");
    }
    writing.lock();
    try {
      ring.lose(count, reason);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void truncate(long position) throws IOException {
    change(() -> {
      long next = ring.account().next();
      if (position > next) {
        throw new IllegalArgumentException(
            "cannot truncate to " + position + ": the next position is " + next);
      }
      ring.truncate(position);
      return position;
    });
  }

  @Override
  public void expire() throws IOException {
    change(() -> {
      ring.expire();
      return closed;
    });
  }

  @Override
  public List<Entry> read(long from, int maxFrames, ByteSize maxBytes) throws IOException {
    while (true) {
      checkOpen();
      Account view = ring.account();
      try {
        return read(view, new Batch(Math.max(from, view.first()), maxFrames, maxBytes.bytes()));
      } catch (DamagedException e) {
        change(() -> {
          ring.mend(e);
          return closed;
        });
      }
    }
  }

  private List<Entry> read(Account view, Batch batch) throws IOException {
    Run run = view.runAt(batch.at());
    while (batch.at() < view.next() && !batch.full() && view.runAt(batch.at()).equals(run)) {
      Part part = view.partAt(batch.at());
      if (part == null) {
        readActive(view, batch);
        break;
      }
      LossReason gone = part.gone();
      if (gone != null) {
        batch.gap(part.last(), gone);
      } else {
        readers.read(part.first(), true, batch, part.last() + 1);
      }
    }
    return batch.entries();
  }

  private void readActive(Account view, Batch batch) throws IOException {
    if (batch.at() < view.stored()) {
      readers.read(view.start(), false, batch, view.stored());
    }
    for (Gap gap : view.pending()) {
      if (gap.through() >= batch.at() && !batch.full()) {
        batch.gap(gap.through(), gap.reason());
      }
    }
  }

  @Override
  public Map<String, byte[]> marks() {
    Map<String, byte[]> copy = new HashMap<>();
    ring.account().marks().forEach((name, value) -> copy.put(name, value.clone()));
    return copy;
  }

  @Override
  public Run runAt(long position) {
    return ring.account().runAt(position);
  }

  @Override
  public State state() {
    Account view = ring.account();
    return new State(
        view.runs(),
        view.first(),
        view.next(),
        view.waiting(),
        ring.used(),
        settings.maxBytes(),
        view.lost());
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("spool " + directory + " is closed");
    }
  }

  /** Commits what is only in memory: the latest truncation and losses. */
  @Override
  public void close() throws IOException {
    writing.lock();
    try {
      if (!closed) {
        closed = true;
        try (lock) {
          readers.close();
          ring.close();
        }
      }
    } finally {
      writing.unlock();
    }
  }
}
