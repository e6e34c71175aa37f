package dev.weir.script.runtime;

import dev.weir.script.Hook.Emission;
import dev.weir.script.PlayerHook;
import dev.weir.script.Scope;
import dev.weir.script.ScriptReport;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.engine.ScriptException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scripts of one source, bucket or replay, in order: each sees what the one before it made.
 * Compiled once; each worker opens a chain of its own. Thread-safe.
 *
 * <pre>
 *  files ─▶ compile ─▶ start in a machine of its own ─▶ publish: a generation
 *                                  │ on failure: keep the old one and tell
 *  worker ─▶ chain: machine, machine, … ─▶ at its next call, machines of the newest generation
 * </pre>
 */
public final class ScriptSet {
  private static final Logger LOG = LoggerFactory.getLogger(ScriptSet.class);

  private final List<Link> links;
  private final Scope scope;
  private volatile int generation;

  private ScriptSet(List<Link> links, Scope scope) {
    this.links = links;
    this.scope = scope;
  }

  /**
   * Reads, compiles and starts each script once.
   *
   * @throws ScriptException if one of them does not start; the message names file and line
   */
  public static ScriptSet load(List<ScriptSettings> settings, Scope scope, Host host)
      throws ScriptException {
    List<Link> links = new ArrayList<>();
    for (ScriptSettings each : settings) {
      Link link = new Link(Script.read(each), host);
      link.stop(link.start(link.script(), scope));
      links.add(link);
    }
    return new ScriptSet(List.copyOf(links), scope);
  }

  /**
   * A chain for one worker: the stage's hook, and in the player the others too.
   *
   * @throws ScriptException if a script does not start any more
   */
  public PlayerHook open() throws ScriptException {
    return links.isEmpty() ? PlayerHook.NONE : Chain.open(this);
  }

  /** The timers of all scripts, in machines of their own; {@code sink} takes what they emit. */
  public Timers timers(Consumer<List<Emission>> sink) {
    return new Timers(this, sink);
  }

  /**
   * Reads the files again. Workers change over at their next call.
   *
   * @throws ScriptException if a script does not start; all go on as they were
   */
  public synchronized void reload() throws ScriptException {
    List<Script> compiled = new ArrayList<>();
    for (Link link : links) {
      try {
        Script script = Script.read(link.script().settings());
        link.stop(link.start(script, scope));
        compiled.add(script);
      } catch (ScriptException e) {
        link.stats().reloadFailed(e.getMessage());
        LOG.warn("scripts not reloaded, the old ones stay: {}", e.getMessage());
        throw e;
      }
    }
    for (int i = 0; i < compiled.size(); i++) {
      links.get(i).replace(compiled.get(i));
      links.get(i).stats().reloadFailed(null);
    }
    generation++;
    LOG.info("{} scripts reloaded", compiled.size());
  }

  /** Whether any of the scripts has that stage's hook. */
  public boolean has(Stage stage) {
    return links.stream().anyMatch(link -> link.has(stage));
  }

  public List<ScriptReport> reports() {
    return links.stream().map(link -> link.stats().report()).toList();
  }

  int generation() {
    return generation;
  }

  List<Link> links() {
    return links;
  }

  Scope scope() {
    return scope;
  }
}
