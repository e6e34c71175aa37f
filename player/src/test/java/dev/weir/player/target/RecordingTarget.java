package dev.weir.player.target;

import dev.weir.player.target.Outcome.Delivered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Keeps what it was given, and judges it as the test says: at once, or when the test says so. */
public final class RecordingTarget implements Target {
  private final List<Attempt> attempts = new ArrayList<>();
  private final List<Held> held = new ArrayList<>();
  private Function<Attempt, Outcome> judge = attempt -> new Delivered(null);
  private boolean holding;

  /** An attempt that waits for its outcome. */
  public record Held(Attempt attempt, CompletableFuture<Outcome> outcome) {}

  public void judge(Function<Attempt, Outcome> rule) {
    judge = rule;
  }

  /** From now on outcomes wait for {@link #release}. */
  public void hold() {
    holding = true;
  }

  @Override
  public CompletionStage<Outcome> deliver(Attempt attempt, Duration timeout) {
    attempts.add(attempt);
    if (!holding) {
      return CompletableFuture.completedFuture(judge.apply(attempt));
    }
    Held waiting = new Held(attempt, new CompletableFuture<>());
    held.add(waiting);
    return waiting.outcome();
  }

  public List<Attempt> attempts() {
    return attempts;
  }

  public List<String> targets() {
    return attempts.stream().map(a -> a.capture().request().target()).toList();
  }

  public List<Held> held() {
    return held;
  }

  /** Completes one that waits, by the judge. */
  public void release(int index) {
    Held waiting = held.remove(index);
    waiting.outcome().complete(judge.apply(waiting.attempt()));
  }

  @Override
  public void close() {}
}
