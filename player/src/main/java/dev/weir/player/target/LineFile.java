package dev.weir.player.target;

import dev.weir.durable.CrashPoint;
import dev.weir.unit.ByteSize;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of lines, each whole. Grows to a size, then makes way: {@code a.jsonl} becomes
 * {@code a.jsonl.1}, that becomes {@code a.jsonl.2}, and the oldest goes. One thread's own.
 */
final class LineFile implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(LineFile.class);
  private static final int BLOCK = 64 << 10;

  /** How bytes get to the disk: what a test can make fail. */
  interface Write {
    Write ALL = (to, bytes) -> {
      while (bytes.hasRemaining()) {
        to.write(bytes);
      }
    };

    void write(FileChannel to, ByteBuffer bytes) throws IOException;
  }

  private final Path path;
  private final ByteSize maxBytes;
  private final int maxFiles;
  private final Write write;
  private @Nullable FileChannel channel;
  private long size;

  /** @param maxFiles the one that grows included */
  LineFile(Path path, ByteSize maxBytes, int maxFiles, Write write) {
    this.path = path;
    this.maxBytes = maxBytes;
    this.maxFiles = maxFiles;
    this.write = write;
  }

  /**
   * Opens the file if it is not. A last line without its end, which a crash leaves, is cut off.
   *
   * @throws IOException if it cannot be written, or somebody else writes it
   */
  FileChannel open() throws IOException {
    FileChannel open = channel;
    if (open != null) {
      return open;
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    FileChannel opened = FileChannel.open(
        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(opened);
      size = wholeLines(opened);
      if (size < opened.size()) {
        LOG.warn("{}: cut off {} bytes of a half-written line", path, opened.size() - size);
        opened.truncate(size);
      }
      opened.position(size);
    } catch (IOException e) {
      opened.close();
      throw e;
    }
    channel = opened;
    return opened;
  }

  private void lock(FileChannel opened) throws IOException {
    try {
      FileLock lock = opened.tryLock();
      if (lock == null) {
        throw new IOException(path + " is being written by another process");
      }
    } catch (OverlappingFileLockException e) {
      throw new IOException(path + " is being written by another replay of this player", e);
    }
  }

  /** Up to the end of the last line that has one. */
  private static long wholeLines(FileChannel opened) throws IOException {
    for (long end = opened.size(); end > 0; ) {
      int length = (int) Math.min(BLOCK, end);
      ByteBuffer block = ByteBuffer.allocate(length);
      while (block.hasRemaining() && opened.read(block, end - length + block.position()) > 0) {}
      for (int i = length - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return end - length + i + 1;
        }
      }
      end -= length;
    }
    return 0;
  }

  /**
   * Appends all or none; when it returns they survive a power cut.
   *
   * @param lines each with its line break
   */
  void append(List<byte[]> lines) throws IOException {
    FileChannel to = open();
    if (size >= maxBytes.bytes()) {
      rotate();
      to = open();
    }
    try {
      ByteBuffer all =
          ByteBuffer.allocate(lines.stream().mapToInt(l -> l.length).sum());
      lines.forEach(all::put);
      write.write(to, all.flip());
      CrashPoint.LINES_WRITTEN.reach();
      to.force(false);
      CrashPoint.LINES_SYNCED.reach();
      size += all.limit();
    } catch (IOException e) {
      undo(to);
      throw e;
    }
  }

  /** Whether that works or not, the next append opens anew and looks. */
  private void undo(FileChannel to) {
    try (to) {
      to.truncate(size);
    } catch (IOException e) {
      LOG.warn("{}: a failed write could not be undone: {}", path, e.getMessage());
    }
    channel = null;
  }

  private void rotate() throws IOException {
    close();
    if (maxFiles == 1) {
      Files.delete(path);
      CrashPoint.LINES_ROTATED.reach();
      return;
    }
    for (int i = maxFiles - 1; i > 1; i--) {
      if (Files.exists(numbered(i - 1))) {
        Files.move(numbered(i - 1), numbered(i), StandardCopyOption.REPLACE_EXISTING);
        CrashPoint.LINES_ROTATED.reach();
      }
    }
    Files.move(path, numbered(1), StandardCopyOption.REPLACE_EXISTING);
    CrashPoint.LINES_ROTATED.reach();
  }

  private Path numbered(int number) {
    return path.resolveSibling(path.getFileName() + "." + number);
  }

  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }
}
