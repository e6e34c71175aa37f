package dev.weir.relay.store;

import dev.weir.capture.CaptureId;
import dev.weir.unit.GroupName;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A capture that a group will not try again by itself.
 *
 * @param offset where it stood in the bucket
 * @param attempts how often it was tried
 * @param status the last HTTP status, 0 where there was none
 * @param answer the beginning of the last answer, at most {@link #MAX_ANSWER} bytes
 * @param capture the encoded capture
 */
public record DeadCapture(
    GroupName group,
    CaptureId id,
    long offset,
    Instant died,
    String reason,
    int attempts,
    int status,
    byte @Nullable [] answer,
    byte[] capture) {
  /** How much of a target's answer is kept, in bytes. */
  public static final int MAX_ANSWER = 4 << 10;

  /** How much of a reason is kept, in characters. */
  public static final int MAX_REASON = 1_000;

  public DeadCapture {
    if (reason.length() > MAX_REASON) {
      reason = reason.substring(0, MAX_REASON);
    }
    if (answer != null && answer.length > MAX_ANSWER) {
      answer = Arrays.copyOf(answer, MAX_ANSWER);
    }
  }
}
