package dev.weir.script.runtime;

import dev.weir.capture.Capture;
import dev.weir.capture.Response;
import dev.weir.script.Origin;
import dev.weir.script.PlayerHook;
import dev.weir.script.Stage;
import dev.weir.script.Verdict;
import dev.weir.script.engine.Limits;
import dev.weir.script.engine.ScriptException;
import dev.weir.unit.ByteSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The scripts of a set at work for one worker, one after the other. One thread's own. */
final class Chain implements PlayerHook {
  private static final int MOST_EMISSIONS = Limits.DEFAULT.fanOut();

  private final ScriptSet set;
  /** Null where a script is not running. */
  private final @Nullable Machine[] machines;

  /** When a script was last tried to start and did not; null where it did. */
  private final @Nullable Long[] notStartedAt;

  private int generation;
  private long call;

  private Chain(ScriptSet set) {
    this.set = set;
    this.machines = new Machine[set.links().size()];
    this.notStartedAt = new Long[machines.length];
    this.generation = set.generation();
  }

  static Chain open(ScriptSet set) throws ScriptException {
    Chain chain = new Chain(set);
    try {
      for (int i = 0; i < chain.machines.length; i++) {
        Link link = set.links().get(i);
        chain.machines[i] = link.start(link.script(), set.scope());
      }
      return chain;
    } catch (ScriptException e) {
      chain.close();
      throw e;
    }
  }

  @Override
  public Result run(Capture capture) {
    return run(capture, Origin.NONE);
  }

  @Override
  public Result run(Capture capture, Origin origin) {
    refresh();
    List<Emission> emissions = List.of(new Emission(capture, Set.of()));
    String dropped = "";
    for (int i = 0; i < machines.length; i++) {
      List<Emission> next = new ArrayList<>(emissions.size());
      for (Emission emission : emissions) {
        Result result = one(i, emission, origin);
        if (result instanceof Result.Kept kept) {
          next.addAll(kept.emissions());
        } else if (result instanceof Result.Dropped drop) {
          dropped = drop.reason();
        } else {
          return result;
        }
        if (next.size() > MOST_EMISSIONS) {
          return tooMuch(i, "more than " + MOST_EMISSIONS);
        }
      }
      if (next.isEmpty()) {
        return new Result.Dropped(dropped);
      }
      ByteSize bodies = Machine.bodies(next, set.scope().stage());
      if (next.size() > 1 && Machine.isTooMuch(bodies)) {
        return tooMuch(i, "bodies of " + bodies + " together");
      }
      emissions = next;
    }
    return new Result.Kept(emissions);
  }

  private Result tooMuch(int index, String what) {
    Link link = set.links().get(index);
    return new Result.Failed(
        link.failed(new ScriptException("of one capture the scripts made " + what)));
  }

  private Result one(int index, Emission emission, Origin origin) {
    Link link = set.links().get(index);
    ScriptStats stats = link.stats();
    stats.called();
    boolean timed = ScriptStats.isSampled(call++);
    long start = timed ? link.ticker().nanos() : 0;
    try {
      Result result = running(index).run(set.scope().stage(), emission, origin);
      if (result instanceof Result.Dropped drop) {
        stats.dropped(drop.reason());
      }
      return result;
    } catch (ScriptException e) {
      String message = link.failed(e);
      restartIfBroken(index);
      return link.script().settings().keepOnError()
          ? new Result.Kept(List.of(emission))
          : new Result.Failed(message);
    } finally {
      if (timed) {
        stats.took(link.ticker().nanos() - start);
      }
    }
  }

  @Override
  public Verdict judge(
      Capture sent, Origin origin, @Nullable Response answer, @Nullable String error) {
    refresh();
    Response edited = answer;
    for (int i = 0; i < machines.length; i++) {
      if (!has(i, Stage.RESPONSE)) {
        continue;
      }
      Link link = set.links().get(i);
      link.stats().called();
      try {
        Verdict verdict = running(i).judge(new Emission(sent, Set.of()), origin, edited, error);
        if (!(verdict instanceof Verdict.Unjudged)) {
          return verdict;
        }
        edited = verdict.answer();
      } catch (ScriptException e) {
        String message = link.failed(e);
        restartIfBroken(i);
        if (!link.script().settings().keepOnError()) {
          return new Verdict.Failed(message, answer);
        }
      }
    }
    return new Verdict.Unjudged(edited);
  }

  @Override
  public Result batch(List<Capture> captures) {
    refresh();
    List<Emission> emissions =
        captures.stream().map(capture -> new Emission(capture, Set.of())).toList();
    for (int i = 0; i < machines.length; i++) {
      if (!has(i, Stage.BATCH)) {
        continue;
      }
      Link link = set.links().get(i);
      link.stats().called();
      try {
        Result result = running(i).batch(emissions);
        if (!(result instanceof Result.Kept kept)) {
          return result;
        }
        emissions = kept.emissions();
      } catch (ScriptException e) {
        String message = link.failed(e);
        restartIfBroken(i);
        if (!link.script().settings().keepOnError()) {
          return new Result.Failed(message);
        }
      }
    }
    return new Result.Kept(emissions);
  }

  /** What a script has that is not running, it has not lost. */
  private boolean has(int index, Stage stage) {
    Machine machine = machines[index];
    return machine == null ? set.links().get(index).has(stage) : machine.has(stage);
  }

  private Machine running(int index) throws ScriptException {
    Machine machine = machines[index];
    if (machine == null) {
      throw new ScriptException(set.links().get(index).script().name() + ": not running");
    }
    return machine;
  }

  private void restartIfBroken(int index) {
    Link link = set.links().get(index);
    Machine machine = machines[index];
    long now = link.ticker().nanos();
    if (machine != null && !machine.isBroken()) {
      return;
    }
    machines[index] = null;
    Long last = notStartedAt[index];
    if (last != null && now - last < Link.BETWEEN_STARTS.toNanos()) {
      return;
    }
    try {
      machines[index] = link.start(link.script(), set.scope());
      notStartedAt[index] = null;
    } catch (ScriptException e) {
      notStartedAt[index] = now;
      link.failed(e);
    }
  }

  /** Changes over to the newest scripts, all or none. */
  private void refresh() {
    int newest = set.generation();
    if (newest == generation) {
      return;
    }
    generation = newest;
    List<@Nullable Machine> started = new ArrayList<>();
    for (Link link : set.links()) {
      try {
        started.add(link.start(link.script(), set.scope()));
      } catch (ScriptException e) {
        link.stats().reloadFailed(link.failed(e));
        stop(started);
        return;
      }
    }
    stop(Arrays.asList(machines));
    started.toArray(machines);
  }

  /** @param some of the first scripts, in their order */
  private void stop(List<@Nullable Machine> some) {
    for (int i = 0; i < some.size(); i++) {
      set.links().get(i).stop(some.get(i));
    }
  }

  @Override
  public void close() {
    stop(Arrays.asList(machines));
    Arrays.fill(machines, null);
  }
}
