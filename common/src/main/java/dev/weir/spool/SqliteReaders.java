package dev.weir.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads segments, each read on a connection of its own; keeps a few open for the next. One that the
 * disk has not given back for a while is given up.
 */
final class SqliteReaders implements Closeable {
  private static final int MOST_IDLE = 2;
  private static final Duration GIVEN_UP_AFTER = Duration.ofMinutes(1);

  private final SpoolDirectory directory;
  private final InstantSource clock;
  private final Deque<SqliteReader> idle = new ArrayDeque<>();

  /** Since when segments cannot be read, in milliseconds. */
  private final Map<Long, Long> unreadable = new HashMap<>();

  private long sealedThrough;
  private boolean closed;

  SqliteReaders(SpoolDirectory directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * Reads on from the batch's position in one segment, up to before {@code end}.
   *
   * @param sealed whether the segment is one that nobody writes any more
   */
  void read(long segment, boolean sealed, Batch batch, long end) throws IOException {
    use(segment, sealed, reader -> {
      reader.read(batch, end);
      return end;
    });
  }

  /** How many frames of a segment stand before {@code position}. */
  long framesBefore(long segment, boolean sealed, long position) throws IOException {
    return use(segment, sealed, reader -> reader.framesBefore(position));
  }

  /** What is done with a reader. */
  private interface Use {
    long of(SqliteReader reader) throws IOException;
  }

  private long use(long segment, boolean sealed, Use use) throws IOException {
    try {
      SqliteReader reader = take(segment, sealed);
      boolean well = false;
      try {
        long result = use.of(reader);
        well = true;
        recovered(segment);
        return result;
      } finally {
        giveBack(reader, well);
      }
    } catch (UnreadableException e) {
      throw isGivenUp(segment) ? new DamagedException(directory.segment(segment), e) : e;
    }
  }

  private synchronized void recovered(long segment) {
    if (!unreadable.isEmpty()) {
      unreadable.remove(segment);
    }
  }

  private synchronized boolean isGivenUp(long segment) {
    long now = clock.millis();
    Long since = unreadable.putIfAbsent(segment, now);
    return since != null && now - since >= GIVEN_UP_AFTER.toMillis();
  }

  private SqliteReader take(long segment, boolean sealed) throws IOException {
    synchronized (this) {
      if (closed) {
        throw new IOException("spool " + directory + " is closed");
      }
      for (SqliteReader reader : idle) {
        if (reader.segment() == segment) {
          idle.remove(reader);
          return reader;
        }
      }
    }
    directory.disk().open(directory.segment(segment));
    return SqliteReader.open(
        directory.segment(segment), sealed && directory.walBytes(segment) == 0);
  }

  private void giveBack(SqliteReader reader, boolean well) {
    SqliteReader surplus = null;
    synchronized (this) {
      boolean hindersLog = !reader.sealed() && reader.segment() <= sealedThrough;
      if (!well || closed || hindersLog || !Files.exists(reader.file())) {
        surplus = reader;
      } else {
        idle.addFirst(reader);
        if (idle.size() > MOST_IDLE) {
          surplus = idle.removeLast();
        }
      }
    }
    if (surplus != null) {
      surplus.close();
    }
  }

  /**
   * A segment was written for the last time: whoever closes it last removes its write-ahead log, so
   * nobody keeps it open.
   */
  synchronized void seal(long segment) {
    sealedThrough = segment;
    forget(segment);
  }

  /** Closes what is open on a segment that is going away. */
  synchronized void forget(long segment) {
    unreadable.remove(segment);
    for (SqliteReader reader : List.copyOf(idle)) {
      if (reader.segment() == segment) {
        idle.remove(reader);
        reader.close();
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(SqliteReader::close);
    idle.clear();
  }
}
