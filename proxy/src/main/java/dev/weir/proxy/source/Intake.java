package dev.weir.proxy.source;

import dev.weir.capture.Capture;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The mouth of the pipeline. No method blocks or throws; any thread may call.
 *
 * <p>Every {@link #begin} is followed by exactly one of {@link #offer}, {@link #pass} and
 * {@link #lose}: that is what keeps the ledger balanced across a kill. A {@link #submit} stands
 * alone: until it is stored the capture is its source's, not ours.
 */
public interface Intake {
  /** Counts a capture on arrival, before anything of it is forwarded. One atomic add. */
  void begin();

  /**
   * For a source that cannot wait, as production does: the capture is kept, filtered or counted as
   * lost.
   */
  void offer(Capture capture);

  /**
   * For a source whose sender still holds the original. Completes, never exceptionally, on a Weir
   * thread: hand off, do not work there.
   */
  CompletionStage<Verdict> submit(Capture capture);

  /** Decides against what has begun without handing it over. One atomic add. */
  void pass(PassReason reason);

  /** Gives up what has begun, as there is no memory for it: counted as lost, {@code queue-full}. */
  void lose();

  /** Why a source does not hand over what it has begun: counted as filtered, under this name. */
  enum PassReason {
    /** The configuration includes or excludes by method, path or header. */
    EXCLUDED,
    /** Outside the sample. */
    SAMPLED_OUT,
    /** The client left, or was turned away, before its request was whole. */
    ABANDONED
  }

  /** What became of a submitted capture. */
  sealed interface Verdict {
    /** Committed in the spool of every bucket that it goes to. */
    record Stored() implements Verdict {}

    /** A hook or the configuration decided against it. */
    record Filtered(String reason) implements Verdict {}

    /** Not stored and not a loss: the source still has it, and may try again. */
    record Refused(String reason, Duration retryAfter) implements Verdict {}

    /** A hook failed on it: trying again will not help. */
    record Rejected(String reason) implements Verdict {}
  }
}
