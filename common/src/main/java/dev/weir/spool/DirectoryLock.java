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
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second process out of a directory. Its file says on one line who holds it and in a spool,
 * what was opened last: {@code pid run first reason}. The run is of use when its own segment is
 * damaged; the reason, when nothing else got to the disk of what was lost before that run.
 */
final class DirectoryLock implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

  private static final int WORDS = 4;

  private final RandomAccessFile file;
  private final @Nullable Run lastRun;
  private final LossReason lastLoss;

  private DirectoryLock(RandomAccessFile file, @Nullable Run lastRun, LossReason lastLoss) {
    this.file = file;
    this.lastRun = lastRun;
    this.lastLoss = lastLoss;
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
      LossReason loss = words.size() < WORDS ? LossReason.UNKNOWN : LossReason.of(words.get(3));
      DirectoryLock lock = new DirectoryLock(file, run(words), loss);
      lock.write(words.subList(Math.min(1, words.size()), words.size()));
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

  private static @Nullable Run run(List<String> words) {
    try {
      return words.size() >= 3
          ? new Run(new RunId(words.get(1)), Long.parseLong(words.get(2)))
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The run that was opened last before this lock was taken, if that is known. */
  @Nullable
  Run lastRun() {
    return lastRun;
  }

  /** Why what stood right before that run was lost, if it was. */
  LossReason lastLoss() {
    return lastLoss;
  }

  /**
   * Remembers the run; if a full disk does not let it, that is all the same.
   *
   * @param loss why what stands right before it is lost, if it is
   */
  void opened(Run run, LossReason loss) {
    write(List.of(run.id().value(), String.valueOf(run.first()), loss.wireName()));
  }

  private void write(List<String> words) {
    String line = ProcessHandle.current().pid() + " " + String.join(" ", words) + "\n";
    byte[] bytes = line.getBytes(UTF_8);
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
