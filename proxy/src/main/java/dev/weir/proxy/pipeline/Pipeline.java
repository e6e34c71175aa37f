package dev.weir.proxy.pipeline;

import dev.weir.capture.Capture;
import dev.weir.durable.CrashPoint;
import dev.weir.ledger.LossReason;
import dev.weir.loop.Loop;
import dev.weir.loop.Step;
import dev.weir.loop.Ticker;
import dev.weir.proxy.ledger.Counter;
import dev.weir.proxy.ledger.Ledger;
import dev.weir.proxy.pipeline.IntakeQueue.Item;
import dev.weir.proxy.source.Intake;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Hook.Result;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
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
  /**
   * One commit takes at most this much, and what hooks make of the last capture: as the disk slows
   * down, what waits for it grows, and one commit takes it all.
   */
  public static final int MAX_BATCH_CAPTURES = 10_000;

  static final long MAX_BATCH_BYTES = 8 << 20;
  private static final long LEAST_BATCH_BYTES = 1 << 20;

  /** Of the smallest spool, what one commit may take. */
  private static final int SHARE_OF_SPOOL = 16;

  /** After so long hooks decide no more for one commit: what they have decided is in memory yet. */
  static final Duration MOST_DECIDING = Duration.ofMillis(100);

  /** For so long a pipeline that closes decides and commits what is queued. */
  static final Duration DRAIN = Duration.ofSeconds(4);

  /** Between two commits that nobody waits for: what the writer saves, production gets. */
  static final Duration PAUSE = Duration.ofMillis(20);

  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final IntakeQueue queue;
  private final Ledger ledger;
  private final Map<BucketName, Outlet> outlets;
  private final Hooks hooks;
  private final Loop loop;
  private final Ticker ticker;
  private final long batchBytes;
  private volatile boolean idle;
  private volatile Ledger.Totals totals;

  /** Starts nothing yet. */
  public Pipeline(
      int queueCaptures,
      ByteSize queueBytes,
      Ledger ledger,
      Map<BucketName, Outlet> outlets,
      Ticker ticker) {
    this.queue = new IntakeQueue(queueCaptures, queueBytes);
    this.ledger = ledger;
    this.outlets = Map.copyOf(outlets);
    this.hooks = new Hooks(this.outlets.keySet());
    this.loop = new Loop("pipeline", this);
    this.ticker = ticker;
    this.batchBytes = batchBytes(this.outlets.values());
    this.totals = ledger.totals();
  }

  private static long batchBytes(Collection<Outlet> outlets) {
    long smallest = outlets.stream().mapToLong(Outlet::limit).min().orElse(Long.MAX_VALUE);
    return Math.max(LEAST_BATCH_BYTES, Math.min(MAX_BATCH_BYTES, smallest / SHARE_OF_SPOOL));
  }

  /**
   * The intake of one source.
   *
   * @throws IllegalArgumentException if one of its buckets has no spool
   */
  public Intake intake(Route route) {
    for (BucketName bucket : route.buckets()) {
      if (!outlets.containsKey(bucket)) {
        throw new IllegalArgumentException("no spool for bucket \"" + bucket + "\"");
      }
    }
    return new RouteIntake(route);
  }

  /**
   * Takes what a script's timer made; no hook sees it. Any thread.
   *
   * @param buckets where it goes unless it names its own
   * @return false if the queue has no room for it: it is nowhere then
   */
  public boolean emit(Emission emission, Set<BucketName> buckets) {
    Hook asMade = capture -> new Result.Kept(List.of(emission));
    boolean taken = queue.add(Item.emitted(new Route(asMade, buckets), emission.capture()));
    if (taken) {
      loop.wake();
    }
    return taken;
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
    boolean more;
    if (first.isSubmitted()) {
      commitSubmitted();
      more = true;
    } else {
      more = commitOffered();
    }
    totals = ledger.totals();
    return more ? Duration.ZERO : PAUSE;
  }

  /** Begins to take what the intakes are handed. */
  public Pipeline start() {
    loop.start();
    return this;
  }

  /**
   * Commits what is queued and the last word of the books. The sources must be closed by then. What
   * cannot be decided in time is lost.
   */
  @Override
  public void close() {
    loop.close();
    if (loop.isRunning()) {
      LOG.warn("a batch is not done; what is queued will be counted as lost at the next start");
      return;
    }
    long began = ticker.nanos();
    while (queue.peek() != null) {
      if (hasPassed(DRAIN, began)) {
        giveUp();
      } else {
        step();
      }
    }
    boolean settled = false;
    for (Outlet outlet : outlets.values()) {
      settled |= outlet.commit(ledger.cleanMark());
    }
    if (settled) {
      ledger.settled();
    }
    totals = ledger.totals();
  }

  /** Books what the hooks have no time for. What was submitted, its source still has. */
  private void giveUp() {
    long lost = queue.clear(new Verdict.Refused("this proxy ends", RETRY_AFTER));
    ledger.decided(lost);
    ledger.lost(LossReason.CRASH, lost);
    ledger.publish();
    LOG.warn(
        "the hooks did not decide on what was queued within {} s; {} captures that they did not see"
            + " are lost",
        DRAIN.toSeconds(),
        lost);
  }

  // ---- offered: in the books before they are committed

  /** Whether there was more than one commit takes. */
  private boolean commitOffered() {
    long began = ticker.nanos();
    Batch batch = new Batch();
    Item item = next(batch, began, false);
    while (item != null) {
      Result result = hooks.decide(item, batch);
      if (!item.emitted()) {
        book(result);
      }
      item = next(batch, began, false);
    }
    ledger.kept(batch.kept(), batch.frames());
    ledger.emitted(batch.emitted());
    batch.forEach(
        (bucket, frames) -> ledger.numbered(bucket, outlet(bucket).next() - 1 + frames.size()));
    ledger.publish();
    boolean more = queue.peek() != null;
    batch.forEach((bucket, frames) -> outlet(bucket).offer(frames, ledger.mark()));
    return more;
  }

  private void book(Result result) {
    ledger.decided(1);
    if (result instanceof Result.Dropped dropped) {
      ledger.filtered(dropped.reason());
    } else if (result instanceof Result.Failed) {
      ledger.lost(LossReason.HOOK_ERROR, 1);
    }
  }

  // ---- submitted: committed before they are in the books

  /**
   * A submitted capture, decided.
   *
   * @param batch what goes on of it; empty where nothing does
   */
  private record Submission(CompletableFuture<Verdict> verdict, Result result, Batch batch) {}

  private void commitSubmitted() {
    long began = ticker.nanos();
    List<Submission> submissions = new ArrayList<>();
    Batch all = new Batch();
    Item item = next(all, began, true);
    while (item != null) {
      Batch batch = new Batch();
      Result result = hooks.decide(item, batch);
      submissions.add(new Submission(Objects.requireNonNull(item.verdict()), result, batch));
      all.addAll(batch);
      item = next(all, began, true);
    }
    Map<BucketName, String> refusals = new HashMap<>();
    all.forEach((bucket, frames) -> outlet(bucket)
        .submit(frames, ledger.mark())
        .ifPresent(refusal -> refusals.put(bucket, refusal)));
    CrashPoint.SUBMISSION_STORED.reach();
    Set<BucketName> stored = new HashSet<>(all.buckets());
    stored.removeAll(refusals.keySet());
    submissions.forEach(submission -> book(submission, stored));
    stored.forEach(bucket -> ledger.numbered(bucket, outlet(bucket).next() - 1));
    ledger.publish();
    CrashPoint.SUBMISSION_BOOKED.reach();
    submissions.forEach(one -> one.verdict().complete(verdict(one, refusals)));
  }

  private void book(Submission submission, Set<BucketName> stored) {
    if (submission.result() instanceof Result.Dropped dropped) {
      ledger.submitted(1);
      ledger.filtered(dropped.reason());
    } else if (submission.result() instanceof Result.Kept) {
      // one that some buckets have and others refused comes again; what is stored of it is a copy
      // that stays
      Batch batch = submission.batch();
      long whole = stored.containsAll(batch.buckets()) ? 1 : 0;
      ledger.submitted(whole);
      ledger.kept(whole, batch.framesFor(stored));
    }
  }

  private static Verdict verdict(Submission submission, Map<BucketName, String> refusals) {
    if (submission.result() instanceof Result.Dropped dropped) {
      return new Verdict.Filtered(dropped.reason());
    }
    if (submission.result() instanceof Result.Failed failed) {
      return new Verdict.Rejected(failed.message());
    }
    for (BucketName bucket : submission.batch().buckets()) {
      String refusal = refusals.get(bucket);
      if (refusal != null) {
        return new Verdict.Refused(refusal, RETRY_AFTER);
      }
    }
    return new Verdict.Stored();
  }

  // ---- both

  /**
   * Takes the next one off the queue for this commit.
   *
   * @param began when the first was taken
   * @return null if there is none, it is of the other kind, or the batch is full or has taken long
   */
  private @Nullable Item next(Batch batch, long began, boolean submitted) {
    Item item = queue.peek();
    if (item == null
        || item.isSubmitted() != submitted
        || batch.decided() >= MAX_BATCH_CAPTURES
        || batch.bytes() >= batchBytes
        || (batch.decided() > 0 && isSlow(item) && hasPassed(MOST_DECIDING, began))) {
      return null;
    }
    queue.remove(item);
    return item;
  }

  /** Where no script runs, no clock is read. */
  private static boolean isSlow(Item item) {
    return item.route().hook() != Hook.NONE;
  }

  private boolean hasPassed(Duration time, long since) {
    return ticker.nanos() - since >= time.toNanos();
  }

  private Outlet outlet(BucketName bucket) {
    return Objects.requireNonNull(outlets.get(bucket), bucket::value);
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
      if (queue.add(Item.offered(route, capture))) {
        wakeIfIdle();
      } else {
        ledger.count(Counter.QUEUE_FULL);
      }
    }

    @Override
    public CompletionStage<Verdict> submit(Capture capture) {
      CompletableFuture<Verdict> verdict = new CompletableFuture<>();
      if (queue.add(Item.submitted(route, capture, verdict))) {
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

    @Override
    public void lose() {
      ledger.count(Counter.OFFERED);
      ledger.count(Counter.QUEUE_FULL);
    }

    private void wakeIfIdle() {
      // the queue's own store is only ordered: idle must not be read before that store is seen
      VarHandle.fullFence();
      if (idle) {
        idle = false;
        loop.wake();
      }
    }
  }
}
