package dev.weir.script.runtime;

import dev.weir.loop.Step;
import dev.weir.script.Hook.Emission;
import dev.weir.script.engine.ScriptException;
import java.time.Duration;
import java.util.List;

/** The timers of a set of scripts. A loop steps it; nothing runs without one. One thread's own. */
public final class Timers implements Step, AutoCloseable {
  static final Duration IDLE = Duration.ofSeconds(1);

  private final ScriptSet set;
  private final Sink sink;
  private List<TimedScript> scripts = List.of();
  private int generation = -1;

  /** Takes what timers emit. */
  @FunctionalInterface
  public interface Sink {
    /** @throws ScriptException if it cannot; that counts as the script's error */
    void accept(List<Emission> emitted) throws ScriptException;
  }

  Timers(ScriptSet set, Sink sink) {
    this.set = set;
    this.sink = sink;
  }

  /** Calls what is due, of the newest scripts. */
  @Override
  public Duration step() {
    if (generation != set.generation()) {
      generation = set.generation();
      close();
      scripts = set.links().stream()
          .filter(Link::hasTimers)
          .map(link -> new TimedScript(link, set.scope()))
          .toList();
    }
    Duration wait = IDLE;
    for (TimedScript script : scripts) {
      Duration left = script.step(sink);
      wait = left.compareTo(wait) < 0 ? left : wait;
    }
    return wait;
  }

  @Override
  public void close() {
    scripts.forEach(TimedScript::stop);
    scripts = List.of();
  }
}
