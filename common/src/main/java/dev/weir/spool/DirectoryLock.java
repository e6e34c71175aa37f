package dev.weir.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.capture.RunId;
import dev.weir.durable.CrashPoint;
import dev.weir.ledger.LossReason;
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
 * spool, the last runs that it holds captures of, oldest first: {@code pid *(run first reason)}.
 * The runs are of use where the segments that know them are damaged; the reason, why what stood
 * right before a run was lost, where nothing else of it got to the disk.
 */
final class DirectoryLock implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

  private static final int WORDS = 3;

  /** Older ones are forgotten: their segments would all have to be damaged. */
  private static final int MOST_RUNS = 50;

  /**
   * A run that was opened.
   *
   * @param lossBefore why what stands right before it was lost, if it was
   */
  record Opened(Run run, LossReason lossBefore) {}

  private final RandomAccessFile file;
  private final List<Opened> runs;

  private DirectoryLock(RandomAccessFile file, List<Opened> runs) {
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

  private static List<Opened> runs(List<String> words) {
    List<Opened> runs = new ArrayList<>();
    try {
      for (int i = 1; i + WORDS <= words.size(); i += WORDS) {
        Run run = new Run(new RunId(words.get(i)), Long.parseLong(words.get(i + 1)));
        runs.add(new Opened(run, LossReason.of(words.get(i + 2))));
      }
      return List.copyOf(runs);
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  /** What is known of the runs that were opened before this lock was taken, oldest first. */
  List<Opened> runs() {
    return runs;
  }

  /** Remembers the last of these runs; if a full disk does not let it, that is all the same. */
  void opened(List<Opened> all) {
    StringBuilder line = new StringBuilder().append(ProcessHandle.current().pid());
    for (Opened each : all.subList(Math.max(0, all.size() - MOST_RUNS), all.size())) {
      Run run = each.run();
      line.append(' ').append(run.id().value()).append(' ').append(run.first());
      line.append(' ').append(each.lossBefore().wireName());
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
