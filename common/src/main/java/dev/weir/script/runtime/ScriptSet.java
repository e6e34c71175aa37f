package dev.weir.script.runtime;

import dev.weir.script.PlayerHook;
import dev.weir.script.Scope;
import dev.weir.script.ScriptReport;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.engine.ScriptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
  private final Demand demand;
  private volatile int generation;

  /** What a script must have where it stands; who attaches one elsewhere should hear of it. */
  @FunctionalInterface
  public interface Demand {
    /** @throws ScriptException if it has not; the message says what is wrong with it */
    void check(String script, Has has) throws ScriptException;
  }

  /** What a script has. */
  public record Has(Set<Stage> hooks, boolean timers) {
    public boolean hook(Stage stage) {
      return hooks.contains(stage);
    }
  }

  private ScriptSet(List<Link> links, Scope scope, Demand demand) {
    this.links = links;
    this.scope = scope;
    this.demand = demand;
  }

  /**
   * Reads, compiles and starts each script once.
   *
   * @throws ScriptException if one of them does not start; the message names file and line
   */
  public static ScriptSet load(List<ScriptSettings> settings, Scope scope, Host host)
      throws ScriptException {
    return load(settings, scope, host, (script, has) -> {});
  }

  /**
   * The same for scripts that must have something to do at their stage, now and after a reload: a
   * scrubber that was attached to the wrong place would do nothing, and nobody would hear of it.
   *
   * @throws ScriptException if one of them does not start, or has neither the stage's hook nor a
   *     timer
   */
  public static ScriptSet loadUseful(List<ScriptSettings> settings, Scope scope, Host host)
      throws ScriptException {
    return load(settings, scope, host, (script, has) -> {
      if (!has.hook(scope.stage()) && !has.timers()) {
        throw new ScriptException(script + ": has neither " + scope.stage().function()
            + " nor a timer: it would do nothing here");
      }
    });
  }

  /**
   * The same for scripts that must meet a demand, now and after a reload.
   *
   * @throws ScriptException if one of them does not start, or as the demand says
   */
  public static ScriptSet load(List<ScriptSettings> settings, Scope scope, Host host, Demand demand)
      throws ScriptException {
    List<Link> links = new ArrayList<>();
    for (ScriptSettings each : settings) {
      links.add(new Link(Script.read(each), host));
    }
    ScriptSet set = new ScriptSet(List.copyOf(links), scope, demand);
    for (Link link : links) {
      set.prove(link, link.script());
    }
    return set;
  }

  /** Starts a script, sees what it has, and stops it again. */
  private void prove(Link link, Script script) throws ScriptException {
    Machine machine = link.start(script, scope);
    Has has = new Has(
        Stream.of(Stage.values()).filter(machine::has).collect(Collectors.toSet()),
        !machine.timers().isEmpty());
    link.stop(machine);
    demand.check(script.name(), has);
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
  public Timers timers(Timers.Sink sink) {
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
        prove(link, script);
        compiled.add(script);
      } catch (ScriptException e) {
        link.stats().reloadFailed(String.valueOf(e.getMessage()));
        throw e;
      }
    }
    for (int i = 0; i < compiled.size(); i++) {
      links.get(i).replace(compiled.get(i));
      links.get(i).stats().reloaded();
    }
    generation++;
    LOG.info("scripts reloaded: {}", compiled.stream().map(Script::name).toList());
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
