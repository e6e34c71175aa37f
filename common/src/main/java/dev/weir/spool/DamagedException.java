package dev.weir.spool;

import dev.weir.ledger.LossReason;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A segment's file is not what was written, or cannot be read at all. */
final class DamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long segment;
  private final LossReason reason;

  DamagedException(Path file, String what, @Nullable Throwable cause) {
    super(file + " is damaged: " + what, cause);
    this.segment = SegmentName.first(file);
    this.reason = LossReason.CORRUPT;
  }

  /** One that the disk does not give back, and will not be asked for again. */
  DamagedException(Path file, UnreadableException cause) {
    super(file + " cannot be read: " + cause.getMessage(), cause);
    this.segment = SegmentName.first(file);
    this.reason = LossReason.IO_ERROR;
  }

  /** The first position of the damaged segment. */
  long segment() {
    return segment;
  }

  /** Why what it held is lost. */
  LossReason reason() {
    return reason;
  }
}
