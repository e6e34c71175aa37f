package dev.weir.script;

import dev.weir.capture.CaptureId;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a capture beside itself.
 *
 * @param id null until a spool has numbered it
 * @param attempt 1 for the first try to deliver it, 0 before any
 * @param proxy the name of the proxy that took it, may be empty
 */
public record Origin(@Nullable CaptureId id, int attempt, String proxy) {
  public static final Origin NONE = new Origin(null, 0, "");
}
