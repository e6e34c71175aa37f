package dev.weir.spool;

import dev.weir.durable.CrashPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A disk that fails when told to, and remembers how often it was asked. */
final class FaultyDisk implements Disk {
  /** What happens at a crash point. */
  interface Fault {
    void strike() throws IOException;
  }

  /** The process as it is halted. */
  static final class Halted extends Error {
    private static final long serialVersionUID = 1L;

    Halted() {
      super("halted", null, false, false);
    }
  }

  private final List<CrashPoint> passed = new ArrayList<>();
  private @Nullable Fault fault;
  private @Nullable CrashPoint only;
  private int countdown;
  private boolean once;
  private long usable = Long.MAX_VALUE / 4;
  private @Nullable Path unreadable;

  /** Strikes at the n-th crash point from now, once. */
  void strikeAt(int n, Fault what) {
    fault = what;
    only = null;
    countdown = n;
    once = true;
  }

  /** Strikes at the n-th passing of that crash point from now, once. */
  void strikeAt(CrashPoint point, int n, Fault what) {
    strikeAt(n, what);
    only = point;
  }

  /** Strikes whenever that crash point is passed. */
  void strikeAlways(CrashPoint point, Fault what) {
    strikeAt(point, 1, what);
    once = false;
  }

  /** Does not give back that segment. */
  void refuse(Path segment) {
    unreadable = segment;
  }

  void heal() {
    fault = null;
    unreadable = null;
  }

  /** Every crash point that was passed so far. */
  List<CrashPoint> passed() {
    return passed;
  }

  void usable(long bytes) {
    usable = bytes;
  }

  static Fault full() {
    return () -> {
      throw new DiskFullException("injected: the disk is full", new IOException("injected"));
    };
  }

  static Fault broken() {
    return () -> {
      throw new IOException("injected: the disk is broken");
    };
  }

  @Override
  public void reach(CrashPoint point) throws IOException {
    passed.add(point);
    Fault strike = fault;
    if (strike != null && (only == null || only == point) && --countdown <= 0) {
      if (once) {
        fault = null;
      }
      strike.strike();
    }
  }

  @Override
  public void open(Path segment) throws IOException {
    if (segment.equals(unreadable)) {
      throw new UnreadableException("injected: " + segment + " is not given back", null);
    }
  }

  @Override
  public long usable(Path directory) {
    return usable;
  }
}
