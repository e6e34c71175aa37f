package dev.weir.player.target;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureId;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Where a player delivers. Makes one attempt and judges it; when to try again is the replay's
 * business.
 */
public interface Target extends Closeable {
  /**
   * Completes within {@code timeout}, never exceptionally, on any thread. Concurrent calls are
   * bounded by the replay's concurrency.
   */
  CompletionStage<Outcome> deliver(Attempt attempt, Duration timeout);

  /** Ends what is under way. Idempotent. */
  @Override
  void close() throws IOException;

  /** @param number 1 for the first try of this capture by this group */
  record Attempt(CaptureId id, int number, Capture capture) {}
}
