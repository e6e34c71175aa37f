package dev.weir.relay;

import dev.weir.relay.bucket.Bucket;
import dev.weir.relay.bucket.Buckets;
import dev.weir.script.Hook;
import dev.weir.script.Scope;
import dev.weir.script.ScriptReport;
import dev.weir.script.Stage;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.runtime.Host;
import dev.weir.script.runtime.ScriptSet;
import dev.weir.unit.BucketName;
import dev.weir.wire.ScriptState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The scripts of all buckets that have some. Immutable; any thread may call. */
final class BucketScripts {
  private final SortedMap<BucketName, ScriptSet> sets;

  private BucketScripts(SortedMap<BucketName, ScriptSet> sets) {
    this.sets = sets;
  }

  /**
   * Compiles and starts each once.
   *
   * @throws ScriptException if one does not start, or has what a relay does not run
   */
  static BucketScripts load(Map<BucketName, RelayConfig.Bucket> buckets) throws ScriptException {
    Host host = Host.system();
    SortedMap<BucketName, ScriptSet> sets = new TreeMap<>();
    for (Map.Entry<BucketName, RelayConfig.Bucket> bucket : buckets.entrySet()) {
      if (!bucket.getValue().scripts().isEmpty()) {
        sets.put(bucket.getKey(), load(bucket.getKey(), bucket.getValue(), host));
      }
    }
    return new BucketScripts(sets);
  }

  private static ScriptSet load(BucketName name, RelayConfig.Bucket bucket, Host host)
      throws ScriptException {
    return ScriptSet.load(bucket.scripts(), Scope.of(Stage.RELAY), host, (script, has) -> {
      if (!has.hook(Stage.RELAY) && !has.timers()) {
        throw new ScriptException(script + ": has neither on_relay nor a timer: it would do nothing"
            + " in bucket \"" + name + "\"");
      }
    });
  }

  /** The timers of those buckets that have scripts. */
  BucketTimers timers(Buckets buckets) {
    BucketTimers timers = new BucketTimers();
    sets.forEach((name, set) -> {
      Bucket bucket = buckets.ifOpen(name);
      if (bucket != null) { // as all that have scripts are
        timers.add(bucket, set);
      }
    });
    return timers;
  }

  boolean isEmpty() {
    return sets.isEmpty();
  }

  /** For the thread that takes the bucket's arrivals; null where it has no script. */
  @Nullable
  Hook open(BucketName bucket) throws IOException {
    ScriptSet set = sets.get(bucket);
    try {
      return set == null ? null : set.open();
    } catch (ScriptException e) {
      throw new IOException("bucket \"" + bucket + "\": " + e.getMessage(), e);
    }
  }

  /** What they have done so far, by bucket. */
  SortedMap<String, List<ScriptState>> states() {
    SortedMap<String, List<ScriptState>> states = new TreeMap<>();
    sets.forEach((bucket, set) -> states.put(
        bucket.value(), set.reports().stream().map(ScriptReport::state).toList()));
    return states;
  }

  /** Reads all again; what is wrong. Those of a bucket change together or not. */
  List<String> reload() {
    List<String> wrong = new ArrayList<>();
    sets.forEach((bucket, set) -> {
      try {
        set.reload();
      } catch (ScriptException e) {
        wrong.add("bucket \"" + bucket + "\": " + e.getMessage());
      }
    });
    return wrong;
  }
}
