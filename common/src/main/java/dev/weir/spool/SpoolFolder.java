package dev.weir.spool;

import dev.weir.spool.Spool.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a spool, read beside its owner, who may go on writing: for looking, not for moving
 * captures. Missing frames are passed over.
 */
public final class SpoolFolder {
  private static final int FRAMES_AT_ONCE = 100;

  private final Path folder;

  public SpoolFolder(Path folder) {
    this.folder = folder;
  }

  /** Takes frames, oldest first. */
  @FunctionalInterface
  public interface Visitor {
    void visit(Frame frame) throws IOException;
  }

  /** Whether there is anything of a spool in it. */
  public boolean holdsSpool() throws IOException {
    return Files.isDirectory(folder) && !segments().isEmpty();
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> SegmentName.first(file) > 0)
          .sorted(Comparator.comparingLong(SegmentName::first))
          .toList();
    }
  }

  /** @throws IOException if there is no spool, or it cannot be read */
  public void read(Visitor visitor) throws IOException {
    List<Path> segments = segments();
    if (segments.isEmpty()) {
      throw new IOException(
          folder + ": holds no spool; expected the folder of one bucket, such as DATA/spool/shop");
    }
    for (Path segment : segments) {
      Path log = segment.resolveSibling(segment.getFileName() + "-wal");
      boolean still = !Files.exists(log) || Files.size(log) == 0;
      try (SqliteReader reader = SqliteReader.open(segment, still)) {
        long next = 0;
        List<Frame> frames = reader.frames(next, FRAMES_AT_ONCE);
        while (!frames.isEmpty()) {
          for (Frame frame : frames) {
            visitor.visit(frame);
            next = frame.position() + 1;
          }
          frames = reader.frames(next, FRAMES_AT_ONCE);
        }
      }
    }
  }
}
