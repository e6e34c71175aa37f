package dev.weir.player.replay;

import dev.weir.durable.CrashPoint;
import dev.weir.loop.Ticker;
import dev.weir.player.target.Outcome;
import dev.weir.player.target.Target.Attempt;
import dev.weir.script.Hook.Emission;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Makes attempts: sends what a hook made of a capture, one part after the other as long as the
 * target takes them, counts each against the rate, and has each answer judged. The replay's
 * thread's own; outcomes come to it by {@code thread}.
 */
final class Sender {
  private final Targets targets;
  private final Judge judge;
  private final ReplayMeter meter;
  private final Pace pace;
  private final Ticker ticker;
  private final Executor thread;

  Sender(
      Targets targets, Judge judge, ReplayMeter meter, Pace pace, Ticker ticker, Executor thread) {
    this.targets = targets;
    this.judge = judge;
    this.meter = meter;
    this.pace = pace;
    this.ticker = ticker;
    this.thread = thread;
  }

  /**
   * @param emissions what a hook made of it, or of its batch; one at least
   * @param isWanted whether anybody still waits for what comes of it
   * @param then gets the ruling on the last part that was sent
   */
  void send(
      Work work, List<Emission> emissions, Predicate<Work> isWanted, Consumer<Judge.Ruling> then) {
    send(work, emissions, 1, isWanted, then);
  }

  private void send(
      Work work,
      List<Emission> emissions,
      int part,
      Predicate<Work> isWanted,
      Consumer<Judge.Ruling> then) {
    long startedAt = ticker.nanos();
    pace.started(startedAt);
    Emission emission = emissions.get(part - 1);
    Attempt attempt = new Attempt(work.id().part(part), work.attempt(), emission.capture());
    deliver(targets.choose(emission.target()), attempt)
        .thenAccept(outcome -> thread.execute(() -> {
          CrashPoint.TARGET_ANSWERED.reach();
          if (!isWanted.test(work)) {
            return;
          }
          meter.attempted(outcome, Duration.ofNanos(ticker.nanos() - startedAt));
          Judge.Ruling ruling = judge.rule(attempt, outcome);
          if (ruling.isDelivered() && part < emissions.size()) {
            send(work, emissions, part + 1, isWanted, then);
          } else {
            then.accept(ruling);
          }
        }));
  }

  private static CompletionStage<Outcome> deliver(Targets.Choice to, Attempt attempt) {
    CrashPoint.ATTEMPT_DUE.reach();
    try {
      return to.target()
          .deliver(attempt, to.timeout())
          .exceptionally(e -> new Outcome.Retry("the target failed: " + e));
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(new Outcome.Retry("the target failed: " + e));
    }
  }
}
