package dev.weir.player.replay;

import dev.weir.capture.Response;
import dev.weir.player.target.Outcome;
import dev.weir.player.target.Target.Attempt;
import dev.weir.script.Origin;
import dev.weir.script.PlayerHook;
import dev.weir.script.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Says what came of an attempt: the target's own rule, unless {@code on_response} judges otherwise.
 * What failed anyhow stays with that rule where the hook errs on it, so that an outage is no fault
 * of the captures. The replay's thread's own.
 */
final class Judge {
  private final PlayerHook onResponse;

  Judge(PlayerHook onResponse) {
    this.onResponse = onResponse;
  }

  /** What came of an attempt. */
  sealed interface Ruling {
    default boolean isDelivered() {
      return false;
    }

    record Final(Outcome outcome) implements Ruling {
      @Override
      public boolean isDelivered() {
        return outcome instanceof Outcome.Delivered;
      }
    }

    /**
     * The hook erred on what did not fail; {@code message} names file and line.
     *
     * @param outcome by the target's own rule
     */
    record Failed(String message, Outcome outcome) implements Ruling {}
  }

  /** @param outcome by the target's own rule */
  Ruling rule(Attempt attempt, Outcome outcome) {
    Response answer = outcome.answer();
    if (answer == null && outcome instanceof Outcome.Dead) {
      return new Ruling.Final(outcome); // it was never sent
    }
    Verdict verdict = onResponse.judge(
        attempt.capture(),
        new Origin(attempt.id(), attempt.number(), ""),
        answer,
        answer == null ? reason(outcome) : null);
    if (verdict instanceof Verdict.Failed failed) {
      return outcome instanceof Outcome.Retry retry
          ? new Ruling.Final(new Outcome.Retry(
              retry.reason() + ", and " + failed.message(), retry.after(), retry.answer()))
          : new Ruling.Failed(failed.message(), outcome);
    }
    return new Ruling.Final(outcome(verdict, outcome));
  }

  private static Outcome outcome(Verdict verdict, Outcome own) {
    if (verdict instanceof Verdict.Delivered) {
      return new Outcome.Delivered(verdict.answer());
    }
    if (verdict instanceof Verdict.Retry retry) {
      return new Outcome.Retry(retry.reason(), retry.after(), retry.answer());
    }
    if (verdict instanceof Verdict.Dead dead) {
      return new Outcome.Dead(dead.reason(), dead.answer());
    }
    if (own instanceof Outcome.Retry retry) {
      return new Outcome.Retry(retry.reason(), retry.after(), verdict.answer());
    }
    if (own instanceof Outcome.Dead dead) {
      return new Outcome.Dead(dead.reason(), verdict.answer());
    }
    return new Outcome.Delivered(verdict.answer());
  }

  private static @Nullable String reason(Outcome outcome) {
    return outcome instanceof Outcome.Retry retry ? retry.reason() : null;
  }
}
