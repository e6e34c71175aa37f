package dev.weir.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.capture.RunId;
import dev.weir.durable.CrashPoint;
import dev.weir.spool.Spool.Run;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second process out of a directory. Its file says on one line who holds it and, in a
 * spool, the last runs that it holds captures of, oldest first: {@code pid *(run first)}. They are
 * of use where the segments that know them are damaged.
 */
final class DirectoryLock implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

  /** Older ones are forgotten: their segments would all have to be damaged. */
  private static final int MOST_RUNS = 50;

  private final RandomAccessFile file;
  private final List<Run> runs;

  private DirectoryLock(RandomAccessFile file, List<Run> runs) {
    this.file = file;
    this.runs = runs;
  }

  /**
   * @param what the directory is
   * @throws IOException if another process, or somebody else in this one, holds it
   */
  static DirectoryLock acquire(String what, Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      String line = file.readLine();
      List<String> words = line == null ? List.of() : List.of(line.split(" "));
      if (!locked(file.getChannel())) {
        throw new IOException(what + " " + path.getParent() + " is in use by process "
            + (words.isEmpty() ? "(unknown)" : words.get(0)));
      }
      DirectoryLock lock = new DirectoryLock(file, runs(words));
      lock.opened(lock.runs);
      return lock;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static List<Run> runs(List<String> words) {
    List<Run> runs = new ArrayList<>();
    try {
      for (int i = 1; i + 1 < words.size(); i += 2) {
        runs.add(new Run(new RunId(words.get(i)), Long.parseLong(words.get(i + 1))));
      }
      return List.copyOf(runs);
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  /** What is known of the runs that were opened before this lock was taken, oldest first. */
  List<Run> runs() {
    return runs;
  }

  /** Remembers the last of these runs; if a full disk does not let it, that is all the same. */
  void opened(List<Run> all) {
    StringBuilder line = new StringBuilder().append(ProcessHandle.current().pid());
    for (Run run : all.subList(Math.max(0, all.size() - MOST_RUNS), all.size())) {
      line.append(' ').append(run.id().value()).append(' ').append(run.first());
    }
    byte[] bytes = line.append('\n').toString().getBytes(UTF_8);
    try {
      file.seek(0);
      file.write(bytes);
      CrashPoint.LOCK_WRITTEN.reach();
      file.setLength(bytes.length);
    } catch (IOException e) {
      LOG.debug("cannot write {} into the lock file: {}", line, e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
