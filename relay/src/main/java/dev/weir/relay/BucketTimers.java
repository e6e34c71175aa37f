package dev.weir.relay;

import dev.weir.capture.CaptureCodec;
import dev.weir.loop.Step;
import dev.weir.relay.bucket.Bucket;
import dev.weir.relay.bucket.Receipt;
import dev.weir.script.Hook.Emission;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.runtime.ScriptSet;
import dev.weir.script.runtime.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The timers of all buckets' scripts; what they emit goes into their bucket, and no hook sees it.
 * Its loop's thread owns it.
 */
final class BucketTimers implements Step, AutoCloseable {
  private static final Duration IDLE = Duration.ofSeconds(1);

  /** For a commit; the timers of other buckets wait meanwhile. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final List<Timers> all = new ArrayList<>();

  void add(Bucket bucket, ScriptSet scripts) {
    all.add(scripts.timers(new Sink(bucket)));
  }

  @Override
  public Duration step() {
    Duration wait = IDLE;
    for (Timers each : all) {
      Duration next = each.step();
      wait = next.compareTo(wait) < 0 ? next : wait;
    }
    return wait;
  }

  @Override
  public void close() {
    all.forEach(Timers::close);
  }

  /** Puts captures into a bucket, one call after the other. */
  private static final class Sink implements Timers.Sink {
    private final Bucket bucket;
    private CompletableFuture<Receipt> last = CompletableFuture.completedFuture(null);

    Sink(Bucket bucket) {
      this.bucket = bucket;
    }

    @Override
    public void accept(List<Emission> emitted) throws ScriptException {
      if (!last.isDone()) {
        throw lost(emitted, "does not answer");
      }
      last = bucket.emit(
          emitted.stream().map(each -> CaptureCodec.encode(each.capture())).toList());
      try {
        if (!(last.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) instanceof Receipt.Stored)) {
          throw lost(emitted, "is full");
        }
      } catch (TimeoutException e) {
        throw new ScriptException("emit: bucket \"" + bucket.name() + "\" has not written "
            + emitted.size() + " requests within " + PATIENCE.toSeconds() + " s; they may be gone");
      } catch (ExecutionException e) {
        throw lost(emitted, "cannot write: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw lost(emitted, "is closing");
      }
    }

    private ScriptException lost(List<Emission> emitted, String why) {
      return new ScriptException("emit: bucket \"" + bucket.name() + "\" " + why + "; "
          + emitted.size() + " requests are gone");
    }
  }
}
