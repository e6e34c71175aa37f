package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What must be done to a line for its rarer crash points to be reached. */
public final class Deeds {
  private static final int LARGEST_FILE = 384 << 10;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
  private static final long LOOK_MS = 20;

  private Deeds() {}

  public static void dropBallast(Line line) throws IOException {
    Files.deleteIfExists(Spools.folder(line, Role.PROXY).resolve("ballast"));
  }

  /** The proxy's oldest segment, which one more start has sealed. */
  public static void garbleOldest(Line line) throws IOException, InterruptedException {
    line.start(Role.PROXY);
    line.process(Role.PROXY).kill();
    Damage.GARBAGE_HEADER.strike(
        Spools.segments(Spools.folder(line, Role.PROXY)).get(0));
  }

  public static void garbleDead(Line line) throws IOException {
    Path dead = Spools.folder(line, Role.RELAY).resolve("dead.db");
    Damage.GARBAGE_HEADER.strike(dead);
    Files.deleteIfExists(dead.resolveSibling("dead.db-wal"));
  }

  /** After a stop in order, which leaves no log whose end would make room. */
  public static void fillDisk(Line line) throws IOException, InterruptedException {
    line.start(Role.PROXY);
    line.process(Role.PROXY).stop();
    line.disk(Role.PROXY).fill();
  }

  /** None of the proxy's files may grow, until a commit has failed in its middle. */
  public static void failACommit(Line line) throws IOException, InterruptedException {
    long before = Spools.lost(line);
    limitFiles(line, String.valueOf(LARGEST_FILE));
    long until = System.nanoTime() + PATIENCE;
    while (Spools.lost(line) == before && System.nanoTime() - until < 0) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
    limitFiles(line, "unlimited");
  }

  private static void limitFiles(Line line, String bytes) throws IOException, InterruptedException {
    String pid = String.valueOf(line.process(Role.PROXY).pid());
    int failed = new ProcessBuilder("prlimit", "--pid", pid, "--fsize=" + bytes + ":")
        .inheritIO()
        .start()
        .waitFor();
    if (failed != 0) {
      throw new IOException("the size of files cannot be limited here: prlimit says " + failed);
    }
  }
}
