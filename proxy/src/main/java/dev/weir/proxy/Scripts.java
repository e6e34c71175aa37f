package dev.weir.proxy;

import dev.weir.capture.Capture;
import dev.weir.loop.Step;
import dev.weir.proxy.pipeline.Pipeline;
import dev.weir.proxy.source.SourceConfig;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Origin;
import dev.weir.script.Scope;
import dev.weir.script.ScriptReport;
import dev.weir.script.Stage;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.runtime.Host;
import dev.weir.script.runtime.ScriptSet;
import dev.weir.script.runtime.Timers;
import dev.weir.unit.BucketName;
import dev.weir.unit.SourceName;
import dev.weir.wire.ScriptState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The scripts of all sources: a chain each for the pipeline's thread, and their timers. As a step
 * it calls the timers that are due.
 */
final class Scripts implements Step, AutoCloseable {
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final Map<SourceName, Line> lines = new LinkedHashMap<>();
  private final List<Timers> timers = new ArrayList<>();

  private Scripts() {}

  /** What one source has. */
  private record Line(ScriptSet set, Set<BucketName> buckets, Hook chain) {}

  /** A chain that knows which proxy it runs in. The pipeline's thread alone. */
  private record Named(Hook chain, Origin origin) implements Hook {
    @Override
    public Result run(Capture capture) {
      return chain.run(capture, origin);
    }

    @Override
    public void close() {
      chain.close();
    }
  }

  /**
   * Compiles and starts the scripts of every source.
   *
   * @throws ScriptException if one of them does not start or has nothing to do here; the message
   *     names file and line
   */
  static Scripts start(ProxyConfig config) throws ScriptException {
    Host host = Host.system();
    Scope scope = new Scope(Stage.CAPTURE, config.buckets().keySet(), Set.of());
    Scripts scripts = new Scripts();
    for (SourceConfig source : config.sources()) {
      if (!source.scripts().isEmpty()) {
        ScriptSet set = ScriptSet.loadUseful(source.scripts(), scope, host);
        Hook chain = new Named(set.open(), new Origin(null, 0, config.name()));
        scripts.lines.put(source.name(), new Line(set, Set.copyOf(source.buckets()), chain));
      }
    }
    return scripts;
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  /** What runs on the captures of a source. */
  Hook hook(SourceName source) {
    Line line = lines.get(source);
    return line == null ? Hook.NONE : line.chain();
  }

  /** From its next step on, timers run; the pipeline gets what they emit. */
  Step timers(Pipeline pipeline) {
    for (Line line : lines.values()) {
      timers.add(line.set().timers(emissions -> {
        for (Emission emission : emissions) {
          if (!pipeline.emit(emission, line.buckets())) {
            throw new ScriptException("emit: the proxy's queue is full");
          }
        }
      }));
    }
    return this;
  }

  /** What they have done so far, by source; any thread. */
  Map<String, List<ScriptState>> states() {
    Map<String, List<ScriptState>> states = new LinkedHashMap<>();
    lines.forEach((source, line) -> states.put(
        source.value(), line.set().reports().stream().map(ScriptReport::state).toList()));
    return states;
  }

  /** Reads all files again; what is wrong with them. Those of a source change together or not. */
  List<String> reload() {
    List<String> wrong = new ArrayList<>();
    lines.forEach((source, line) -> {
      try {
        line.set().reload();
      } catch (ScriptException e) {
        wrong.add("source \"" + source + "\": " + e.getMessage());
      }
    });
    return wrong;
  }

  @Override
  public Duration step() {
    Duration wait = IDLE;
    for (Timers each : timers) {
      Duration next = each.step();
      wait = next.compareTo(wait) < 0 ? next : wait;
    }
    return wait;
  }

  /** Stops the scripts. Whoever runs and steps them must have ended. */
  @Override
  public void close() {
    timers.forEach(Timers::close);
    lines.values().forEach(line -> line.chain().close());
  }
}
