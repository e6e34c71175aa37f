package dev.weir.script.runtime;

import dev.weir.loop.Ticker;
import dev.weir.script.Scope;
import dev.weir.script.Stage;
import dev.weir.script.engine.ScriptException;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One script of a set: what is compiled now, what it has done, and its log. Shared by the workers;
 * thread-safe.
 */
final class Link {
  /** A script that does not start any more is tried again at most this often. */
  static final Duration BETWEEN_STARTS = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(Link.class);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final int LONGEST_MESSAGE = 300;

  private final Host host;
  private final ScriptLog log;
  private final ScriptStats stats;
  private volatile Script script;
  private volatile Set<Stage> stages = Set.of();
  private volatile boolean timers;
  private @Nullable Long lastLine;
  private long suppressed;

  Link(Script script, Host host) {
    this.script = script;
    this.host = host;
    this.log = new ScriptLog(script.name(), host.ticker());
    this.stats = new ScriptStats(script.name(), host.clock());
  }

  Script script() {
    return script;
  }

  void replace(Script newer) {
    script = newer;
  }

  ScriptStats stats() {
    return stats;
  }

  Ticker ticker() {
    return host.ticker();
  }

  Machine start(Script compiled, Scope scope) throws ScriptException {
    Machine machine = Machine.start(compiled, scope, host, log);
    stages = Stream.of(Stage.values()).filter(machine::has).collect(Collectors.toSet());
    timers = !machine.timers().isEmpty();
    return machine;
  }

  boolean has(Stage stage) {
    return stages.contains(stage);
  }

  boolean hasTimers() {
    return timers;
  }

  void stop(@Nullable Machine machine) {
    if (machine == null) {
      return;
    }
    try {
      machine.stop();
    } catch (ScriptException e) {
      failed(e);
    }
  }

  /** Counts an error and says so, at most once in {@link #BETWEEN_LINES}; gives its message. */
  String failed(ScriptException error) {
    String message = String.valueOf(error.getMessage()).replaceAll("\\p{Cntrl}", " ");
    message = message.substring(0, Math.min(message.length(), LONGEST_MESSAGE));
    if (!message.contains(script.name() + ":")) {
      message = script.name() + ": " + message;
    }
    stats.failed(message);
    long more = admit();
    if (more >= 0) {
      LOG.warn("script failed: {}{}", message, more == 0 ? "" : " (" + more + " errors before it)");
    }
    return message;
  }

  private synchronized long admit() {
    long now = host.ticker().nanos();
    if (lastLine != null && now - lastLine < BETWEEN_LINES.toNanos()) {
      suppressed++;
      return -1;
    }
    lastLine = now;
    long more = suppressed;
    suppressed = 0;
    return more;
  }
}
