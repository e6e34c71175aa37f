package dev.weir.script;

import dev.weir.capture.Response;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a script made of an attempt. {@code answer} is what should be stored; null: there is none.
 */
public sealed interface Verdict {
  @Nullable
  Response answer();

  /** The target's own rule decides. */
  record Unjudged(@Nullable Response answer) implements Verdict {}

  record Delivered(@Nullable Response answer) implements Verdict {}

  record Retry(Duration after, String reason, @Nullable Response answer) implements Verdict {}

  record Dead(String reason, @Nullable Response answer) implements Verdict {}

  /**
   * The hook erred; {@code message} names file and line. Three of these are the end of what did not
   * fail anyhow.
   */
  record Failed(String message, @Nullable Response answer) implements Verdict {}
}
