package dev.weir.spool;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The disk did not give back what is in a file: perhaps the next time. */
final class UnreadableException extends IOException {
  private static final long serialVersionUID = 1L;

  UnreadableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
