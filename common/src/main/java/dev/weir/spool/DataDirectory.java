package dev.weir.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A role's data directory: made for its owner alone, and kept from a second process. */
public final class DataDirectory implements Closeable {
  private final DirectoryLock lock;

  private DataDirectory(DirectoryLock lock) {
    this.lock = lock;
  }

  /** @throws IOException if it cannot be made, or a role has it; the message names the process */
  public static DataDirectory open(Path path) throws IOException {
    Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new DataDirectory(DirectoryLock.acquire("data directory", path.resolve("LOCK")));
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
