package dev.weir.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Reads segments, each read on a connection of its own; keeps a few open for the next. */
final class SqliteReaders implements Closeable {
  private static final int MOST_IDLE = 2;

  private final SpoolDirectory directory;
  private final Deque<SqliteReader> idle = new ArrayDeque<>();
  private long sealedThrough;
  private boolean closed;

  SqliteReaders(SpoolDirectory directory) {
    this.directory = directory;
  }

  /**
   * Reads on from the batch's position in one segment, up to before {@code end}.
   *
   * @param sealed whether the segment is one that nobody writes any more
   */
  void read(long segment, boolean sealed, Batch batch, long end) throws IOException {
    SqliteReader reader = take(segment, sealed);
    boolean well = false;
    try {
      reader.read(batch, end);
      well = true;
    } finally {
      giveBack(reader, well);
    }
  }

  /** How many frames of a segment stand before {@code position}. */
  long framesBefore(long segment, boolean sealed, long position) throws IOException {
    SqliteReader reader = take(segment, sealed);
    boolean well = false;
    try {
      long frames = reader.framesBefore(position);
      well = true;
      return frames;
    } finally {
      giveBack(reader, well);
    }
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
