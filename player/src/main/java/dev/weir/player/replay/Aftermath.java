package dev.weir.player.replay;

import dev.weir.loop.Ticker;
import dev.weir.player.target.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What follows from an attempt: the target's state hears of it once, and each capture that was in
 * it is settled, or put off to another attempt. The replay's thread's own.
 */
final class Aftermath {
  private static final int MAX_HOOK_FAILURES = 3;

  private final TargetState state;
  private final RetryRule retries;
  private final Settler settler;
  private final Ticker ticker;
  private final Consumer<Work> releaseLane;

  /** @param releaseLane hands back what comes after a capture, which waits for it */
  Aftermath(
      TargetState state,
      RetryRule retries,
      Settler settler,
      Ticker ticker,
      Consumer<Work> releaseLane) {
    this.state = state;
    this.retries = retries;
    this.settler = settler;
    this.ticker = ticker;
    this.releaseLane = releaseLane;
  }

  /** @param works that were in the attempt: one, or a batch */
  void attempted(List<Work> works, Judge.Ruling ruling) {
    if (ruling instanceof Judge.Ruling.Failed failed) {
      // tells nothing of the target
      works.forEach(work -> hookFailed(work, failed.message(), failed.outcome()));
    } else if (ruling instanceof Judge.Ruling.Final last) {
      Outcome outcome = last.outcome();
      if (outcome instanceof Outcome.Delivered) {
        state.succeeded();
      } else if (outcome instanceof Outcome.Retry) {
        state.failed(ticker.nanos());
      }
      works.forEach(work -> settle(work, outcome));
    }
  }

  private void settle(Work work, Outcome outcome) {
    if (outcome instanceof Outcome.Delivered) {
      settler.delivered(work);
    } else if (outcome instanceof Outcome.Retry failure) {
      retry(work, failure, state.isProbed());
    } else if (outcome instanceof Outcome.Dead dead) {
      settler.dead(work.lease(), work.offset(), dead.reason(), dead);
    }
  }

  /** @param last the attempt's outcome, or null where there was none */
  void hookFailed(Work work, String message, @Nullable Outcome last) {
    if (work.attempt() >= MAX_HOOK_FAILURES) {
      settler.dead(work.lease(), work.offset(), message, last);
    } else {
      retry(work, new Outcome.Retry(message), false);
    }
  }

  /** @param isProbe whether the target was known to fail: then no attempt is used up */
  private void retry(Work work, Outcome.Retry failure, boolean isProbe) {
    Duration age = Duration.ofNanos(ticker.nanos() - work.firstAttemptAt());
    RetryRule.Decision decision = retries.decide(work.attempt(), age, isProbe, failure);
    if (decision instanceof RetryRule.Decision.GiveUp giveUp) {
      settler.dead(work.lease(), work.offset(), giveUp.reason(), failure);
    } else if (decision instanceof RetryRule.Decision.Again again) {
      tryAgain(work, again.after(), failure.reason(), !isProbe);
    }
  }

  /** The player stops, and what came of the attempt will never be known. */
  void interrupted(Work work) {
    tryAgain(work, Duration.ZERO, "the player stopped", true);
  }

  private void tryAgain(Work work, Duration after, String reason, boolean counts) {
    settler.retry(work, after, reason, counts);
    releaseLane.accept(work);
  }
}
