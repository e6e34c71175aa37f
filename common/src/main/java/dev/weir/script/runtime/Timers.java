package dev.weir.script.runtime;

import dev.weir.loop.Step;
import dev.weir.script.Hook.Emission;
import dev.weir.script.engine.ScriptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a set of scripts, in machines of their own. A loop steps it; nothing runs without
 * one. One thread's own.
 */
public final class Timers implements Step, AutoCloseable {
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final ScriptSet set;
  private final Sink sink;
  private final List<Running> running = new ArrayList<>();
  private int generation = -1;

  /** Takes what timers emit. */
  @FunctionalInterface
  public interface Sink {
    /** @throws ScriptException if it cannot; that counts as the script's error */
    void accept(List<Emission> emitted) throws ScriptException;
  }

  private static final class Running {
    final Link link;
    final Machine machine;
    final Machine.Timer timer;
    long due;

    Running(Link link, Machine machine, Machine.Timer timer, long now) {
      this.link = link;
      this.machine = machine;
      this.timer = timer;
      this.due = now + timer.interval().toNanos();
    }
  }

  Timers(ScriptSet set, Sink sink) {
    this.set = set;
    this.sink = sink;
  }

  /** Calls what is due. A timer that comes late is called once, not once per interval missed. */
  @Override
  public Duration step() {
    if (generation != set.generation()) {
      generation = set.generation();
      restart();
    }
    boolean broken = false;
    long wait = IDLE.toNanos();
    for (Running each : running) {
      long now = each.link.ticker().nanos();
      if (now - each.due >= 0) {
        call(each);
        broken |= each.machine.isBroken();
        each.due = now + each.timer.interval().toNanos();
      }
      wait = Math.min(wait, Math.max(0, each.due - each.link.ticker().nanos()));
    }
    if (broken) {
      restart();
    }
    return Duration.ofNanos(wait);
  }

  private void call(Running each) {
    each.link.stats().called();
    try {
      List<Emission> emitted = each.machine.tick(each.timer);
      if (!emitted.isEmpty()) {
        sink.accept(emitted);
      }
    } catch (ScriptException e) {
      each.link.failed(e);
    }
  }

  private void restart() {
    close();
    for (Link link : set.links()) {
      Machine machine = started(link);
      if (machine != null) {
        machine
            .timers()
            .forEach(timer ->
                running.add(new Running(link, machine, timer, link.ticker().nanos())));
      }
    }
  }

  private @Nullable Machine started(Link link) {
    try {
      return link.start(link.script(), set.scope());
    } catch (ScriptException e) {
      link.failed(e);
      return null;
    }
  }

  @Override
  public void close() {
    running.stream()
        .map(each -> each.machine)
        .distinct()
        .forEach(machine -> running.stream()
            .filter(each -> each.machine == machine)
            .findFirst()
            .ifPresent(each -> each.link.stop(machine)));
    running.clear();
  }
}
