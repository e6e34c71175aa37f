package dev.weir.script;

import dev.weir.capture.Capture;
import dev.weir.capture.Response;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of a player: before an attempt ({@link #run}), after it ({@link #judge}), and around a
 * batch. Bounded in time, memory and output; never throws. One thread's own.
 */
public interface PlayerHook extends Hook {
  /** Keeps every capture as it is and leaves every answer to the target. */
  PlayerHook NONE = capture -> Result.Kept.unchanged(capture);

  /**
   * Judges an attempt.
   *
   * @param sent what was sent, with the recorded answer in it
   * @param answer what the target answered; null where it gave none
   * @param error why it gave none; null where it answered
   */
  default Verdict judge(
      Capture sent, Origin origin, @Nullable Response answer, @Nullable String error) {
    return new Verdict.Unjudged(answer);
  }

  /** Turns the captures of a batch into the requests that deliver them: one or more. */
  default Result batch(List<Capture> captures) {
    return new Result.Kept(
        captures.stream().map(capture -> new Emission(capture, Set.of())).toList());
  }
}
