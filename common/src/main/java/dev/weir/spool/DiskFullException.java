package dev.weir.spool;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The disk has no room left. Not a fault of the file: it can be used again when there is room. */
final class DiskFullException extends IOException {
  private static final long serialVersionUID = 1L;

  DiskFullException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
