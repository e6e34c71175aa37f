package dev.weir.spool;

import dev.weir.durable.CrashPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** A file that is only there to be deleted, so that marks still commit when the disk is full. */
final class Ballast {
  private final SpoolDirectory directory;
  private final Path file;
  private final long size;

  Ballast(SpoolDirectory directory, long size) {
    this.directory = directory;
    this.file = directory.file("ballast");
    this.size = size;
  }

  long bytes() {
    return file.toFile().length();
  }

  /** How much of it is not there. */
  long missing() {
    return Math.max(0, size - bytes());
  }

  /**
   * Gives the room back to the disk.
   *
   * @return whether there was any
   */
  boolean free() throws IOException {
    boolean freed = Files.deleteIfExists(file);
    if (freed) {
      directory.disk().reach(CrashPoint.BALLAST_FREED);
    }
    return freed;
  }

  /** Fills it up again; incompressible, so that the room is really taken. */
  void restore() throws IOException {
    if (bytes() == size) {
      return;
    }
    directory.disk().reach(CrashPoint.BEFORE_BALLAST);
    byte[] noise = new byte[1 << 16];
    new Random(size).nextBytes(noise);
    free();
    try (var out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long left = size; left > 0; left -= noise.length) {
        out.write(noise, 0, (int) Math.min(left, noise.length));
      }
    } catch (IOException e) {
      free();
      throw e;
    }
    directory.disk().reach(CrashPoint.BALLAST_WRITTEN);
  }
}
