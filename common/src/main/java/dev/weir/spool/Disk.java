package dev.weir.spool;

import dev.weir.durable.CrashPoint;
import java.io.IOException;
import java.nio.file.Path;

/** What a spool meets beside SQLite: the free space, and at each {@link CrashPoint} its fate. */
interface Disk {
  /** The real one. */
  Disk REAL = CrashPoint::reach;

  /**
   * Called at each crash point.
   *
   * @throws IOException if the step failed
   */
  void reach(CrashPoint point) throws IOException;

  /**
   * Called before a segment is opened to be read.
   *
   * @throws IOException if it cannot be
   */
  default void open(Path segment) throws IOException {}

  /** Bytes that this process may still write in the directory's file system. */
  default long usable(Path directory) {
    return directory.toFile().getUsableSpace();
  }
}
