package dev.weir.player.replay;

import dev.weir.player.target.Hops;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Origin;
import dev.weir.script.PlayerHook;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Decides what of a capture goes to which target, once for each attempt: circles are cut, then
 * {@code on_replay} has its say, and {@code on_batch} where captures go in batches, then the
 * target's own rule about methods. A delay holds back what is fresh: what was held or tried before
 * has waited already.
 */
final class Admission {
  /** Safe methods (RFC 9110, section 9.2.1): they ask for no change. */
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  private static final Verdict.Filtered UNSAFE = new Verdict.Filtered("unsafe-method");

  private final Hops hops;
  private final Targets targets;
  private final boolean batches;
  private final PlayerHook hook;

  /** @param batches whether what {@link #judge} admits goes through {@link #batch} yet */
  Admission(Hops hops, Targets targets, boolean batches, PlayerHook hook) {
    this.hops = hops;
    this.targets = targets;
    this.batches = batches;
    this.hook = hook;
  }

  /** What becomes of a capture before its attempt. */
  sealed interface Verdict {
    /** These go to the target, one after the other; one at least. */
    record Admitted(List<Emission> emissions) implements Verdict {}

    record Filtered(String reason) implements Verdict {}

    /** To be asked for again after a while. */
    record Held(Duration delay) implements Verdict {}

    /** The hook erred; {@code message} names file and line. */
    record Failed(String message) implements Verdict {}
  }

  Verdict judge(Work work) {
    if (hops.isLoop(work.capture().request().headers())) {
      return new Verdict.Filtered("loop");
    }
    Hook.Result result = hook.run(work.capture(), new Origin(work.id(), work.attempt(), ""));
    if (result instanceof Hook.Result.Dropped dropped) {
      return new Verdict.Filtered(dropped.reason());
    }
    if (result instanceof Hook.Result.Failed failed) {
      return new Verdict.Failed(failed.message());
    }
    List<Emission> emissions = ((Hook.Result.Kept) result).emissions();
    if (!batches && !isAllowed(emissions)) {
      return UNSAFE;
    }
    Duration delay = emissions.stream()
        .map(Emission::delay)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
    return work.isFresh() && !delay.isZero()
        ? new Verdict.Held(delay)
        : new Verdict.Admitted(emissions);
  }

  /** What becomes of a batch of what was admitted; its requests are for no capture alone. */
  Verdict batch(List<Emission> emissions) {
    Hook.Result result = hook.batch(emissions.stream().map(Emission::capture).toList());
    if (result instanceof Hook.Result.Dropped dropped) {
      return new Verdict.Filtered(dropped.reason());
    }
    if (result instanceof Hook.Result.Failed failed) {
      return new Verdict.Failed(failed.message());
    }
    List<Emission> requests = ((Hook.Result.Kept) result).emissions();
    return isAllowed(requests) ? new Verdict.Admitted(requests) : UNSAFE;
  }

  private boolean isAllowed(List<Emission> emissions) {
    return emissions.stream()
        .allMatch(each -> targets.choose(each.target()).mayChange()
            || SAFE.contains(each.capture().request().method()));
  }
}
