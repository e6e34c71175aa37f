package dev.weir.player.replay;

import dev.weir.capture.Capture;
import dev.weir.player.target.Hops;
import dev.weir.script.Hook;
import dev.weir.script.Origin;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Decides what of a capture goes to the target, once for each attempt: circles are cut, then
 * {@code on_replay} has its say, then the target's own rule about methods. A delay holds back what
 * is fresh: what was held or tried before has waited already.
 */
final class Admission {
  /** Safe methods (RFC 9110, section 9.2.1): they ask for no change. */
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  private final Hops hops;
  private final boolean mayChange;
  private final Hook onReplay;

  /** @param mayChange whether the target takes methods that are not safe */
  Admission(Hops hops, boolean mayChange, Hook onReplay) {
    this.hops = hops;
    this.mayChange = mayChange;
    this.onReplay = onReplay;
  }

  /** What becomes of a capture before its attempt. */
  sealed interface Verdict {
    /** These go to the target, one after the other; one at least. */
    record Admitted(List<Capture> captures) implements Verdict {}

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
    Hook.Result result = onReplay.run(work.capture(), new Origin(work.id(), work.attempt(), ""));
    if (result instanceof Hook.Result.Dropped dropped) {
      return new Verdict.Filtered(dropped.reason());
    }
    if (result instanceof Hook.Result.Failed failed) {
      return new Verdict.Failed(failed.message());
    }
    List<Hook.Emission> emissions = ((Hook.Result.Kept) result).emissions();
    List<Capture> captures = emissions.stream().map(Hook.Emission::capture).toList();
    if (!mayChange && !captures.stream().allMatch(c -> SAFE.contains(c.request().method()))) {
      return new Verdict.Filtered("unsafe-method");
    }
    Duration delay = emissions.stream()
        .map(Hook.Emission::delay)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
    return work.isFresh() && !delay.isZero()
        ? new Verdict.Held(delay)
        : new Verdict.Admitted(captures);
  }
}
