package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What must be done to a line for its rarer crash points to be reached. */
public final class Deeds {
  private static final int LARGEST_FILE = 384 << 10;

  private Deeds() {}

  public static void dropBallast(Line line) throws IOException {
    Files.deleteIfExists(Spools.folder(line, Role.PROXY).resolve("ballast"));
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

  /** Nothing of the proxy's may grow beyond this, so that a commit fails in its middle. */
  public static void limitFiles(Line line) throws IOException, InterruptedException {
    String pid = String.valueOf(line.process(Role.PROXY).pid());
    int failed = new ProcessBuilder("prlimit", "--pid", pid, "--fsize=" + LARGEST_FILE)
        .inheritIO()
        .start()
        .waitFor();
    if (failed != 0) {
      throw new IOException("the size of files cannot be limited here: prlimit says " + failed);
    }
  }
}
