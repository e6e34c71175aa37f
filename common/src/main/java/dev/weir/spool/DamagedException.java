package dev.weir.spool;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A segment's file is not what was written. */
final class DamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long segment;

  DamagedException(Path file, String what, @Nullable Throwable cause) {
    super(file + " is damaged: " + what, cause);
    this.segment = SegmentName.first(file);
  }

  /** The first position of the damaged segment. */
  long segment() {
    return segment;
  }
}
