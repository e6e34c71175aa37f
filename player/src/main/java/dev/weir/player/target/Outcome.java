package dev.weir.player.target;

import dev.weir.capture.Response;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one attempt. {@code answer} is null where the target gave none; of its body the
 * beginning is there: {@link TargetContext#answer()} bytes, of which {@link #MAX_ANSWER} are kept
 * with what is dead.
 */
public sealed interface Outcome {
  int MAX_ANSWER = 4096;

  @Nullable
  Response answer();

  /** The target has it. */
  record Delivered(@Nullable Response answer) implements Outcome {}

  /**
   * It may go better another time.
   *
   * @param after how long the target wants to be left alone, or null
   */
  record Retry(
      String reason, @Nullable Duration after, @Nullable Response answer) implements Outcome {
    public Retry(String reason) {
      this(reason, null, null);
    }
  }

  /** It will never go better. */
  record Dead(String reason, @Nullable Response answer) implements Outcome {
    public Dead(String reason) {
      this(reason, null);
    }
  }
}
