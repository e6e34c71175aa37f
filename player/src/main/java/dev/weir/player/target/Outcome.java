package dev.weir.player.target;

import dev.weir.capture.Response;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of one attempt. {@code answer} is null where the target gave none. */
public sealed interface Outcome {
  /** The target has it. */
  record Delivered(@Nullable Response answer) implements Outcome {}

  /** Not now. {@code after} is null where the target named no time. */
  record Retry(
      String reason, @Nullable Duration after, @Nullable Response answer) implements Outcome {}

  /** Never. */
  record Dead(String reason, @Nullable Response answer) implements Outcome {}
}
