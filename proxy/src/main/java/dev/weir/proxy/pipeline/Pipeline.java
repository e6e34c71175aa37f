package dev.weir.proxy.pipeline;

import dev.weir.capture.Capture;
import dev.weir.ledger.LossReason;
import dev.weir.loop.Loop;
import dev.weir.loop.Step;
import dev.weir.proxy.ledger.Counter;
import dev.weir.proxy.ledger.Ledger;
import dev.weir.proxy.pipeline.IntakeQueue.Item;
import dev.weir.proxy.source.Intake;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Hook.Result;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes captures from the sources and brings them to disk.
 *
 * <pre>
 *  sources ─▶ queue ─▶ hook ─▶ encode ─▶ ledger page ─▶ append to each bucket's spool ─▶ answer who waits
 *  any thread │ the pipeline's one thread, a batch at a time, one commit a bucket and batch
 * </pre>
 *
 * <p>Captures that were offered are lost, and counted, when a spool refuses them. Captures that
 * were submitted are handed back: their source still has them.
 */
public final class Pipeline implements Step, AutoCloseable {
  /** One commit takes at most this much. */
  public static final int MAX_BATCH_CAPTURES = 1_000;

  static final long MAX_BATCH_BYTES = 1 << 20;

  /** Between two commits that nobody waits for: what the writer saves, production gets. */
  static final Duration PAUSE = Duration.ofMillis(5);

  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final IntakeQueue queue;
  private final Ledger ledger;
  private final Map<BucketName, Outlet> outlets;
  private final Loop loop;
  private volatile boolean idle;
  private volatile Ledger.Totals totals;

  /** Starts nothing yet. */
  public Pipeline(
      int queueCaptures, ByteSize queueBytes, Ledger ledger, Map<BucketName, Outlet> outlets) {
    this.queue = new IntakeQueue(queueCaptures, queueBytes);
    this.ledger = ledger;
    this.outlets = Map.copyOf(outlets);
    this.loop = new Loop("pipeline", this);
    this.totals = ledger.totals();
  }

  /** The intake of one source. */
  public Intake intake(Route route) {
    for (BucketName bucket : route.buckets()) {
      if (!outlets.containsKey(bucket)) {
        throw new IllegalArgumentException("no spool for bucket \"" + bucket + "\"");
      }
    }
    return new RouteIntake(route);
  }

  /** The books as they stood after the last step; any thread. */
  public Ledger.Totals totals() {
    return totals;
  }

  /** Decides and commits one batch. The pipeline's thread alone. */
  @Override
  public Duration step() {
    Item first = queue.peek();
    if (first == null) {
      idle = true;
      totals = ledger.totals();
      return queue.isEmpty() ? IDLE : Duration.ZERO;
    }
    idle = false;
    boolean submitted = first.isSubmitted();
    if (submitted) {
      commitSubmitted();
    } else {
      commitOffered();
    }
    totals = ledger.totals();
    return submitted ? Duration.ZERO : PAUSE;
  }

  /** Begins to take what the intakes are handed. */
  public Pipeline start() {
    loop.start();
    return this;
  }

  /** Commits what is queued and the last word of the books. The sources must be closed by then. */
  @Override
  public void close() {
    loop.close();
    while (queue.peek() != null) {
      step();
    }
    outlets.values().forEach(outlet -> outlet.commit(ledger.cleanMark()));
    totals = ledger.totals();
  }

  // ---- offered: in the books before they are committed
  // -----------------------------------------------------------

  private void commitOffered() {
    Batch batch = new Batch();
    long captures = 0;
    for (Item item : take(false)) {
      captures++;
      Result result = decide(item);
      if (result instanceof Result.Kept kept) {
        batch.add(item.route(), kept.emissions());
      } else if (result instanceof Result.Dropped dropped) {
        ledger.filtered(dropped.reason());
      } else {
        ledger.lost(LossReason.HOOK_ERROR, 1);
      }
    }
    ledger.decided(captures);
    ledger.kept(batch.kept(), batch.frames());
    batch.forEach(
        (bucket, frames) -> ledger.numbered(bucket, outlet(bucket).next() - 1 + frames.size()));
    ledger.publish();
    batch.forEach((bucket, frames) -> outlet(bucket).offer(frames, ledger.mark()));
  }

  // ---- submitted: committed before they are in the books
  // ---------------------------------------------------------

  /** A submitted capture that its hook has let through. */
  private record Pending(CompletableFuture<Verdict> verdict, Batch batch) {}

  private void commitSubmitted() {
    List<Pending> pending = new ArrayList<>();
    Batch all = new Batch();
    for (Item item : take(true)) {
      CompletableFuture<Verdict> verdict = Objects.requireNonNull(item.verdict());
      Result result = decide(item);
      if (result instanceof Result.Kept kept) {
        Pending one = new Pending(verdict, new Batch());
        one.batch().add(item.route(), kept.emissions());
        pending.add(one);
        all.addAll(one.batch());
      } else if (result instanceof Result.Dropped dropped) {
        ledger.submitted(1);
        ledger.filtered(dropped.reason());
        verdict.complete(new Verdict.Filtered(dropped.reason()));
      } else if (result instanceof Result.Failed failed) {
        verdict.complete(new Verdict.Rejected(failed.message()));
      }
    }
    Map<BucketName, String> refusals = new HashMap<>();
    all.forEach((bucket, frames) -> outlet(bucket)
        .submit(frames, ledger.mark())
        .ifPresent(refusal -> refusals.put(bucket, refusal)));
    book(all, pending, refusals);
    pending.forEach(one -> one.verdict().complete(verdict(one.batch(), refusals)));
  }

  private void book(Batch all, List<Pending> pending, Map<BucketName, String> refusals) {
    Set<BucketName> stored = new HashSet<>(all.buckets());
    stored.removeAll(refusals.keySet());
    for (Pending one : pending) {
      // one that some buckets have and others refused comes again; what is stored of it is a copy
      // that stays
      long whole = stored.containsAll(one.batch().buckets()) ? 1 : 0;
      ledger.submitted(whole);
      ledger.kept(whole, one.batch().framesFor(stored));
    }
    stored.forEach(bucket -> ledger.numbered(bucket, outlet(bucket).next() - 1));
    ledger.publish();
  }

  private static Verdict verdict(Batch batch, Map<BucketName, String> refusals) {
    for (BucketName bucket : batch.buckets()) {
      String refusal = refusals.get(bucket);
      if (refusal != null) {
        return new Verdict.Refused(refusal, RETRY_AFTER);
      }
    }
    return new Verdict.Stored();
  }

  /** The next captures that were all offered, or all submitted: a commit's worth. */
  private List<Item> take(boolean submitted) {
    List<Item> items = new ArrayList<>();
    long bytes = 0;
    Item item = queue.peek();
    while (item != null
        && item.isSubmitted() == submitted
        && items.size() < MAX_BATCH_CAPTURES
        && bytes < MAX_BATCH_BYTES) {
      queue.remove(item);
      items.add(item);
      bytes += item.size();
      item = queue.peek();
    }
    return items;
  }

  /**
   * What the hook says; what makes no sense to us is the hook's failure, so that nothing raw is
   * kept.
   */
  private Result decide(Item item) {
    try {
      Result result = item.route().hook().run(item.capture());
      if (result instanceof Result.Kept kept) {
        for (Emission emission : kept.emissions()) {
          for (BucketName bucket : emission.buckets()) {
            if (!outlets.containsKey(bucket)) {
              return new Result.Failed("there is no bucket \"" + bucket + "\"");
            }
          }
        }
      }
      return result;
    } catch (RuntimeException e) {
      LOG.error("a hook broke its contract and threw; its capture is dropped", e);
      return new Result.Failed("the hook threw " + e);
    }
  }

  private Outlet outlet(BucketName bucket) {
    return Objects.requireNonNull(
        outlets.get(bucket), () -> "no spool for bucket \"" + bucket + "\"");
  }

  /** One source's way in. */
  private final class RouteIntake implements Intake {
    private final Route route;

    RouteIntake(Route route) {
      this.route = route;
    }

    @Override
    public void begin() {
      ledger.count(Counter.BEGUN);
    }

    @Override
    public void offer(Capture capture) {
      ledger.count(Counter.OFFERED); // before the pipeline can decide it
      if (queue.add(new Item(route, capture, null))) {
        wakeIfIdle();
      } else {
        ledger.count(Counter.QUEUE_FULL);
      }
    }

    @Override
    public CompletionStage<Verdict> submit(Capture capture) {
      CompletableFuture<Verdict> verdict = new CompletableFuture<>();
      if (queue.add(new Item(route, capture, verdict))) {
        loop.wake();
      } else {
        verdict.complete(new Verdict.Refused("the proxy's queue is full", RETRY_AFTER));
      }
      return verdict;
    }

    @Override
    public void pass(PassReason reason) {
      ledger.count(
          switch (reason) {
            case EXCLUDED -> Counter.EXCLUDED;
            case SAMPLED_OUT -> Counter.SAMPLED_OUT;
            case ABANDONED -> Counter.ABANDONED;
          });
    }

    private void wakeIfIdle() {
      VarHandle
          .fullFence(); // the queue's own store is only ordered: idle must not be read before it is
      // seen
      if (idle) {
        idle = false;
        loop.wake();
      }
    }
  }
}
