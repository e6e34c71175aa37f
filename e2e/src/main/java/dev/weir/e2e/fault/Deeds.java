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
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_MS = 20;

  /** So many captures that have not been read, whatever the shipper has in its hands. */
  private static final int UNSHIPPED = 20;

  private Deeds() {}

  public static void dropBallast(Line line) throws IOException {
    Files.deleteIfExists(Spools.folder(line, Role.PROXY).resolve("ballast"));
  }

  /**
   * A sealed segment, the next that the proxy will read. The relay stays away until there is one
   * that it has nothing of yet.
   */
  public static void garbleNextToShip(Line line) throws IOException, InterruptedException {
    Path folder = Spools.folder(line, Role.PROXY);
    line.start(Role.PROXY);
    await(
        "the proxy does not ship what it has",
        () -> Spools.bucket(line).first() >= Spools.first(Spools.newest(folder)));
    line.process(Role.RELAY).stop();
    await("the proxy has nothing to ship", () -> Spools.bucket(line).waiting() >= UNSHIPPED);
    line.process(Role.PROXY).kill();
    Path next = Spools.newest(folder);
    line.start(Role.PROXY); // in another segment, which seals this one
    line.process(Role.PROXY).kill();
    Damage.GARBAGE_HEADER.strike(next);
    line.start(Role.RELAY);
  }

  /** The proxy's newest segment with its log: nothing tells any more what was in it. */
  public static void destroyNewest(Line line) throws IOException {
    Damage.destroy(Spools.newest(Spools.folder(line, Role.PROXY)));
  }

  public static void garbleDead(Line line) throws IOException {
    Damage.destroy(Spools.folder(line, Role.RELAY).resolve("dead.db"));
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
    await("no commit of the proxy has failed", () -> Spools.lost(line) > before);
    limitFiles(line, "unlimited");
  }

  private interface Condition {
    boolean isMet() throws IOException, InterruptedException;
  }

  private static void await(String or, Condition condition)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + PATIENCE;
    while (!condition.isMet()) {
      if (System.nanoTime() - until > 0) {
        throw new IllegalStateException(or);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
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
