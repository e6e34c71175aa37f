package dev.weir.spool;

import dev.weir.durable.CrashPoint;
import dev.weir.durable.WholeFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a spool: {@code LOCK}, {@code ballast}, {@code seg-….db} (with {@code -wal} and
 * {@code -shm} while in use), {@code quarantine/}, and in the making {@code new.db}, a segment, and
 * {@code rescued.db}, one that will replace a damaged one.
 */
final class SpoolDirectory {
  /** Damaged files kept for whoever wants to know what happened; also deleted to make room. */
  static final int MOST_QUARANTINED = 3;

  /** The database last: as long as it is there, somebody will come back for the rest. */
  private static final List<String> SUFFIXES = List.of("-wal", "-shm", "");

  private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectory.class);

  private final Path root;
  private final Disk disk;
  private final Map<Long, Fate> doomed = new HashMap<>();

  /** What becomes of a segment's file that is no longer in the account. */
  enum Fate {
    UNLINK,
    QUARANTINE
  }

  SpoolDirectory(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  void create() throws IOException {
    if (!Files.isDirectory(root)) {
      Files.createDirectories(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  Path file(String name) {
    return root.resolve(name);
  }

  Path segment(long first) {
    return root.resolve(SegmentName.of(first));
  }

  /** Where a segment is made before it gets its name. */
  Path unfinished() {
    return root.resolve("new.db");
  }

  /** Where what can be saved of a damaged segment is put together. */
  Path rescued() {
    return root.resolve("rescued.db");
  }

  NavigableSet<Long> segments() throws IOException {
    NavigableSet<Long> found = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root, "seg-*.db")) {
      for (Path file : files) {
        long first = SegmentName.first(file);
        if (first > 0) {
          found.add(first);
        }
      }
    }
    return found;
  }

  /** Gives the segment in the making its name, for good, even over an empty one of that name. */
  void name(long first) throws IOException {
    boolean replaces = Files.exists(segment(first));
    Files.move(unfinished(), segment(first), StandardCopyOption.ATOMIC_MOVE);
    try {
      disk.reach(CrashPoint.SEGMENT_NAMED);
      WholeFile.sync(root);
      disk.reach(CrashPoint.SEGMENT_SYNCED);
    } catch (IOException e) {
      if (!replaces) {
        delete(segment(first));
      }
      throw e;
    }
    doomed.remove(first);
  }

  /** Marks a segment's file for the next {@link #sweep}. Called under the write lock, as that. */
  void doom(long first, Fate fate) {
    doomed.put(first, fate);
  }

  boolean isDoomed(long first) {
    return doomed.containsKey(first);
  }

  /**
   * Removes the doomed files: the account that does without them is on disk. One that cannot be
   * removed is tried again with the next sweep.
   *
   * @return whether anything was removed
   */
  boolean sweep() {
    boolean any = false;
    for (Map.Entry<Long, Fate> file : List.copyOf(doomed.entrySet())) {
      try {
        if (file.getValue() == Fate.UNLINK) {
          unlink(file.getKey());
        } else {
          quarantine(file.getKey());
        }
        doomed.remove(file.getKey());
        any = true;
      } catch (IOException e) {
        LOG.debug("{} stays until the next sweep: {}", segment(file.getKey()), e.getMessage());
      }
    }
    return any;
  }

  private void unlink(long first) throws IOException {
    disk.reach(CrashPoint.BEFORE_UNLINK);
    delete(segment(first));
    disk.reach(CrashPoint.AFTER_UNLINK);
  }

  /** A database file and what SQLite keeps beside it. */
  void delete(Path database) throws IOException {
    for (String suffix : SUFFIXES) {
      if (Files.deleteIfExists(database.resolveSibling(database.getFileName() + suffix))) {
        disk.reach(CrashPoint.FILE_UNLINKED);
      }
    }
  }

  void quarantine(long first) throws IOException {
    disk.reach(CrashPoint.BEFORE_QUARANTINE);
    Files.createDirectories(quarantine());
    for (String suffix : SUFFIXES) {
      Path file = root.resolve(SegmentName.of(first) + suffix);
      if (Files.exists(file)) {
        Files.move(
            file,
            quarantine().resolve(file.getFileName()),
            StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.ATOMIC_MOVE);
        disk.reach(CrashPoint.FILE_QUARANTINED);
      }
    }
    disk.reach(CrashPoint.AFTER_QUARANTINE);
    trimQuarantine();
  }

  private void trimQuarantine() throws IOException {
    List<Path> kept = quarantined();
    for (Path file : kept.subList(0, Math.max(0, kept.size() - MOST_QUARANTINED))) {
      delete(file);
    }
  }

  /** Puts what is rescued in the place of its segment, which stays in quarantine. */
  void replace(long first) throws IOException {
    disk.reach(CrashPoint.BEFORE_QUARANTINE);
    Files.createDirectories(quarantine());
    Path kept = quarantine().resolve(SegmentName.of(first));
    delete(kept);
    try {
      Files.createLink(kept, segment(first));
      disk.reach(CrashPoint.FILE_QUARANTINED);
    } catch (UnsupportedOperationException | FileSystemException e) {
      LOG.debug("{} is not kept: {}", segment(first), e.getMessage());
    }
    Files.move(rescued(), segment(first), StandardCopyOption.ATOMIC_MOVE);
    disk.reach(CrashPoint.SEGMENT_NAMED);
    WholeFile.sync(root);
    disk.reach(CrashPoint.AFTER_QUARANTINE);
    trimQuarantine();
  }

  /**
   * Deletes the oldest file in quarantine.
   *
   * @return whether there was one
   */
  boolean releaseQuarantined() throws IOException {
    List<Path> kept = quarantined();
    if (!kept.isEmpty()) {
      delete(kept.get(0));
    }
    return !kept.isEmpty();
  }

  private List<Path> quarantined() throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(quarantine())) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(quarantine(), "seg-*.db")) {
        found.forEach(files::add);
      }
    }
    files.sort(null);
    return files;
  }

  private Path quarantine() {
    return root.resolve("quarantine");
  }

  /** Bytes of one segment, write-ahead log included. */
  long bytes(long first) {
    Path database = segment(first);
    return SUFFIXES.stream()
        .mapToLong(suffix -> size(database.resolveSibling(database.getFileName() + suffix)))
        .sum();
  }

  long walBytes(long first) {
    return size(root.resolve(SegmentName.of(first) + "-wal"));
  }

  /** Bytes of everything that is here. */
  long bytes() throws IOException {
    return bytesIn(root) + (Files.isDirectory(quarantine()) ? bytesIn(quarantine()) : 0);
  }

  private static long bytesIn(Path directory) throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        sum += Files.isDirectory(file) ? 0 : size(file);
      }
    }
    return sum;
  }

  private static long size(Path file) {
    return file.toFile().length(); // 0 where there is none
  }

  long usable() {
    return disk.usable(root);
  }

  Disk disk() {
    return disk;
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
