package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What must be done to a line for its rarer crash points to be reached. */
public final class Deeds {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
  private static final long LOOK_MS = 5;

  private Deeds() {}

  public static void dropBallast(Line line) throws IOException {
    Files.deleteIfExists(Spools.folder(line, Role.PROXY).resolve("ballast"));
  }

  public static void dropSessionKey(Line line) throws IOException {
    Files.deleteIfExists(line.data(Role.PROXY).resolve("front").resolve("session.key"));
  }

  /** The segment that the proxy wrote last; its log goes too, or it would mend the file. */
  public static void garbleNewest(Line line) throws IOException {
    List<Path> segments = Spools.segments(Spools.folder(line, Role.PROXY));
    Path newest = segments.get(segments.size() - 1);
    Damage.GARBAGE_HEADER.strike(newest);
    Files.deleteIfExists(newest.resolveSibling(newest.getFileName() + "-wal"));
  }

  public static void garbleDead(Line line) throws IOException {
    Path dead = Spools.folder(line, Role.RELAY).resolve("dead.db");
    Damage.GARBAGE_HEADER.strike(dead);
    Files.deleteIfExists(dead.resolveSibling("dead.db-wal"));
  }

  public static void freeDisk(Line line) throws IOException {
    line.disk(Role.RELAY).free();
  }

  /** Again and again, until the relay ends of it. */
  public static void fillDisk(Line line) throws IOException, InterruptedException {
    long until = System.nanoTime() + PATIENCE;
    while (line.process(Role.RELAY).isAlive() && System.nanoTime() - until < 0) {
      line.disk(Role.RELAY).fill();
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
    line.disk(Role.RELAY).free();
  }
}
