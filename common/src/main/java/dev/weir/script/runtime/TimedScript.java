package dev.weir.script.runtime;

import dev.weir.script.Hook.Emission;
import dev.weir.script.Scope;
import dev.weir.script.engine.ScriptException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one script, in a machine of their own. Where that breaks another takes its place,
 * and each timer is due when it was. One thread's own.
 */
final class TimedScript {
  private final Link link;
  private final Scope scope;
  private @Nullable Machine machine;
  private long startAt;
  /** One for each timer of the machine, in its order. */
  private long[] due = {};

  TimedScript(Link link, Scope scope) {
    this.link = link;
    this.scope = scope;
    this.startAt = link.ticker().nanos();
  }

  /**
   * Calls what is due. A timer that comes late is called once, not once per interval missed.
   *
   * @return how long until there is something to do
   */
  Duration step(Timers.Sink sink) {
    Machine running = machine == null ? started() : machine;
    for (int i = 0; running != null && i < due.length; i++) {
      long now = link.ticker().nanos();
      if (now - due[i] >= 0) {
        Machine.Timer timer = running.timers().get(i);
        call(running, timer, sink);
        due[i] = now + timer.interval().toNanos();
        running = running.isBroken() ? started() : running;
      }
    }
    long now = link.ticker().nanos();
    long wait = running == null
        ? startAt - now
        : Arrays.stream(due).map(at -> at - now).min().orElse(Timers.IDLE.toNanos());
    return Duration.ofNanos(Math.max(0, wait));
  }

  private void call(Machine running, Machine.Timer timer, Timers.Sink sink) {
    link.stats().called();
    try {
      List<Emission> emitted = running.tick(timer);
      if (!emitted.isEmpty()) {
        sink.accept(emitted);
      }
    } catch (ScriptException e) {
      link.failed(e);
    }
  }

  /** A machine in place of the one before, or null where it does not start and is tried again. */
  private @Nullable Machine started() {
    machine = null;
    long now = link.ticker().nanos();
    if (now - startAt >= 0) {
      try {
        Machine fresh = link.start(link.script(), scope);
        due = due(fresh.timers(), now);
        machine = fresh;
      } catch (ScriptException e) {
        startAt = now + Link.BETWEEN_STARTS.toNanos();
        link.failed(e);
      }
    }
    return machine;
  }

  private long[] due(List<Machine.Timer> timers, long now) {
    long[] next = Arrays.copyOf(due, timers.size());
    for (int i = due.length; i < next.length; i++) {
      next[i] = now + timers.get(i).interval().toNanos();
    }
    return next;
  }

  void stop() {
    link.stop(machine);
    machine = null;
  }
}
