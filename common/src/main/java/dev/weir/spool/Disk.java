package dev.weir.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** What a spool meets beside SQLite: the free space, and at each {@link CrashPoint} its fate. */
interface Disk {
  /** Names a crash point and, after a colon, at which passing of it the process halts. */
  String CRASH_AT = "weir.crash-at";

  /**
   * Called at each crash point.
   *
   * @throws IOException if the step failed
   */
  void reach(CrashPoint point) throws IOException;

  /** Bytes that this process may still write in the directory's file system. */
  default long usable(Path directory) {
    return directory.toFile().getUsableSpace();
  }

  /** The real one; halts the process where the system property {@link #CRASH_AT} says so. */
  static Disk real() {
    String crashAt = System.getProperty(CRASH_AT);
    return crashAt == null ? point -> {} : crashing(crashAt);
  }

  private static Disk crashing(String crashAt) {
    String[] parts = crashAt.split(":", 2);
    CrashPoint at = CrashPoint.valueOf(parts[0]);
    AtomicLong passings = new AtomicLong(parts.length == 1 ? 1 : Long.parseLong(parts[1]));
    return point -> {
      if (point == at && passings.decrementAndGet() == 0) {
        Runtime.getRuntime().halt(137);
      }
    };
  }
}
