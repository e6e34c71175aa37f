package dev.weir.player;

import dev.weir.player.replay.Replay;
import dev.weir.script.PlayerHook;
import dev.weir.script.Scope;
import dev.weir.script.ScriptReport;
import dev.weir.script.Stage;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.runtime.Host;
import dev.weir.script.runtime.ScriptSet;
import dev.weir.script.runtime.Timers;
import dev.weir.unit.BucketName;
import dev.weir.wire.ScriptState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The scripts of one replay, started; refuses what would never run here. */
final class ReplayScripts implements AutoCloseable {
  private final BucketName bucket;
  private final ScriptSet set;
  private final PlayerHook hook;
  private final Timers timers;

  private ReplayScripts(BucketName bucket, ScriptSet set, PlayerHook hook) {
    this.bucket = bucket;
    this.set = set;
    this.hook = hook;
    this.timers = set.timers(emitted -> {}); // emit is an error here
  }

  /** @throws ScriptException if one does not start, or has nothing to do in a player */
  static ReplayScripts open(Replay replay, Host host) throws ScriptException {
    Set<String> targets = new HashSet<>(replay.targets().keySet());
    targets.add(replay.target().label()); // any other name is an error
    Scope scope = new Scope(Stage.REPLAY, Set.of(), targets);
    ScriptSet set =
        ScriptSet.load(replay.scripts(), scope, host, (script, has) -> check(script, has, replay));
    if (replay.batch() != null && !set.has(Stage.BATCH)) {
      throw new ScriptException("the replay of bucket \"" + replay.bucket()
          + "\" gathers batches, and none of its scripts has on_batch");
    }
    return new ReplayScripts(replay.bucket(), set, set.open());
  }

  private static void check(String script, ScriptSet.Has has, Replay replay)
      throws ScriptException {
    String place = "the replay of bucket \"" + replay.bucket() + "\"";
    if (has.hook(Stage.BATCH) && replay.batch() == null) {
      throw new ScriptException(script + ": has on_batch, which would never run: " + place
          + " gathers no batches; write batch: {} there");
    }
    if (!has.hook(Stage.REPLAY)
        && !has.hook(Stage.RESPONSE)
        && !has.hook(Stage.BATCH)
        && !has.timers()) {
      throw new ScriptException(script + ": would do nothing in " + place
          + ": it has neither on_replay, on_response, on_batch nor a timer");
    }
  }

  /** For the replay's thread. */
  PlayerHook hook() {
    return hook;
  }

  /** For the thread that keeps the time. */
  Timers timers() {
    return timers;
  }

  /** Reads them again. @return what is wrong, and all go on as they were; null: nothing */
  @Nullable
  String reload() {
    try {
      set.reload();
      return null;
    } catch (ScriptException e) {
      return "the replay of bucket \"" + bucket + "\": " + e.getMessage();
    }
  }

  List<ScriptState> states() {
    return set.reports().stream().map(ScriptReport::state).toList();
  }

  /** Stops the scripts. The replay and the timers' thread have ended. */
  @Override
  public void close() {
    timers.close();
    hook.close();
  }
}
