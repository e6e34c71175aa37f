package dev.weir.relay.bucket;

import dev.weir.capture.RunId;
import dev.weir.http.Budget;
import dev.weir.loop.Loop;
import dev.weir.relay.lease.Clocks;
import dev.weir.relay.lease.Group;
import dev.weir.relay.lease.Settled;
import dev.weir.relay.store.DeadStore;
import dev.weir.script.Hook;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Peek;
import dev.weir.wire.Settlement;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A named queue: takes batches once and in order, leases their captures to players. Every answer
 * comes from the bucket's own loop, after the commit; any thread may ask.
 */
public final class Bucket implements Closeable {
  /** So many may wait for the loop; whoever comes then is told to come again. */
  private static final int MAX_QUEUED = 4_096;

  private final BucketName name;
  private final Spool spool;
  private final DeadStore dead;
  private final Clocks clocks;
  private final BlockingQueue<Work> queue;
  private final BucketLoop step;
  private final RunBooks runs;
  private final RunId own = RunId.random(); // of what is made here
  private final Loop loop;
  private final @Nullable Arrivals arrivals;
  private final Loop arrivalsLoop;
  private volatile boolean closed;

  /**
   * How a bucket behaves.
   *
   * @param keep how long captures stay although every group has had them; null: not at all
   * @param groups those that exist from the start; none: {@code default}, until another is asked
   *     for
   */
  public record Rules(
      WhenFull whenFull, @Nullable Duration keep, Map<GroupName, GroupStart> groups) {
    public Rules {
      groups = Map.copyOf(groups);
    }
  }

  private Bucket(
      BucketName name,
      Spool spool,
      DeadStore dead,
      Clocks clocks,
      BlockingQueue<Work> queue,
      BucketLoop step,
      RunBooks runs,
      @Nullable Hook hook) {
    this.name = name;
    this.spool = spool;
    this.dead = dead;
    this.clocks = clocks;
    this.queue = queue;
    this.step = step;
    this.runs = runs;
    this.loop = new Loop("bucket-" + name, step);
    this.arrivals =
        hook == null ? null : new Arrivals(hook, runs::of, this::enqueue, clocks.ticker());
    this.arrivalsLoop = new Loop("hook-" + name, this::arrive);
  }

  /**
   * Takes up where the spool's marks are. The bucket has the spool, the dead store and the hook
   * from now on, and closes them.
   *
   * @param hook runs on what arrives; null: everything is kept as it comes
   * @throws IOException if they cannot be read
   */
  public static Bucket open(
      BucketName name, Rules rules, Spool spool, DeadStore dead, Clocks clocks, @Nullable Hook hook)
      throws IOException {
    Groups groups = new Groups(spool, dead, clocks);
    groups.open(rules.groups());
    BlockingQueue<Work> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
    RunBooks runs = RunBooks.read(spool.marks(), spool.state().next() - groups.first());
    BucketLoop step = new BucketLoop(
        name,
        spool,
        dead,
        rules.whenFull(),
        clocks,
        queue,
        runs,
        groups,
        new Retention(spool, rules.keep(), clocks));
    return new Bucket(name, spool, dead, clocks, queue, step, runs, hook);
  }

  /** Starts the loops' threads. */
  public Bucket start() {
    loop.start();
    if (arrivals != null) {
      arrivalsLoop.start();
    }
    return this;
  }

  /** For tests: one step of loops that were not started. */
  Duration step() {
    arrive();
    return step.step();
  }

  private Duration arrive() {
    return arrivals == null ? Duration.ZERO : arrivals.step();
  }

  public BucketName name() {
    return name;
  }

  /** Completes once the batch is committed, or with what is wrong with it. */
  public CompletableFuture<Receipt> append(Shipment shipment) {
    Work.Append batch =
        new Work.Append(shipment, Ruling.Book.AS_IT_CAME, new CompletableFuture<>());
    if (arrivals == null) {
      return submit(batch).done();
    }
    CompletionStage<Receipt> answer = batch.done();
    answer.whenComplete((receipt, failure) -> arrivalsLoop.wake()); // for the next batch
    if (closed || !arrivals.offer(batch)) {
      refuse(batch);
    } else {
      arrivalsLoop.wake();
      // close() may have answered who waits between the two
      if (closed && arrivals.remove(batch)) {
        refuse(batch);
      }
    }
    return batch.done();
  }

  /**
   * Takes captures that no proxy sent; to be called again only once this is complete. Completes
   * once they are committed, or with what is wrong.
   *
   * @param captures encoded
   */
  public CompletableFuture<Receipt> emit(List<byte[]> captures) {
    List<Entry> entries = new ArrayList<>();
    long number = runs.of(own).mark();
    for (byte[] capture : captures) {
      entries.add(new Frame(++number, capture));
    }
    Shipment shipment = new Shipment(own, "", 0, entries);
    return submit(new Work.Append(shipment, Ruling.Book.EMITTED, new CompletableFuture<>()))
        .done();
  }

  /** For tests: a lease of its own, for which there is always room. */
  CompletableFuture<Optional<Group.Grant>> lease(LeaseRequest request) {
    return lease(request, Group.NO_LEASE, new Budget(Group.MOST_BYTES));
  }

  /**
   * Completes with a lease, or with nothing once the request's wait is over.
   *
   * @param onto the lease that may be added to instead; {@link Group#NO_LEASE}: none
   * @param room what is leased takes {@link Group.Grant#bytes} of it, to be given back by the
   *     caller; where there is none, the call waits
   */
  public CompletableFuture<Optional<Group.Grant>> lease(
      LeaseRequest request, long onto, Budget room) {
    long wait = Math.min(request.waitMs(), LeaseRequest.MAX_WAIT_MS);
    long until = clocks.nanos() + Duration.ofMillis(wait).toNanos();
    return submit(new Work.Poll(request, onto, room, until, new CompletableFuture<>()))
        .done();
  }

  /** The player of {@link #lease} is gone: whatever it gets, or has got, is for somebody else. */
  public void abandon(CompletableFuture<Optional<Group.Grant>> poll) {
    if (!poll.complete(Optional.empty()) && !poll.isCompletedExceptionally()) {
      poll.join()
          .ifPresent(grant ->
              submit(new Work.Settle(grant.lease(), grant.handBack(), new CompletableFuture<>())));
    }
  }

  /** Completes once the settlement is committed. */
  public CompletableFuture<Settled> settle(long lease, Settlement settlement) {
    return submit(new Work.Settle(lease, settlement, new CompletableFuture<>())).done();
  }

  /** Completes with whether the lease still ran. */
  public CompletableFuture<Boolean> extend(long lease, Duration length) {
    return submit(new Work.Extend(lease, length, new CompletableFuture<>())).done();
  }

  /** Completes with what the operation returns, once what it did is committed. */
  public <T> CompletableFuture<T> operate(Operation<T> operation) {
    return submit(new Work.Operate<>(operation, new CompletableFuture<>())).done();
  }

  /** What it holds at a position and after; nothing changes by it. */
  public List<LeasedCapture> peek(Peek peek) throws IOException {
    return Glance.at(spool, peek);
  }

  public BucketView view() {
    return step.view();
  }

  private <W extends Work> W submit(W work) {
    if (closed || !queue.offer(work)) {
      refuse(work);
    } else {
      loop.wake();
      // close() may have emptied the queue between the two
      if (closed && queue.remove(work)) {
        refuse(work);
      }
    }
    return work;
  }

  /** From the hook's thread, which ends before the loop does. */
  private void enqueue(Work.Append batch) {
    if (queue.offer(batch)) {
      loop.wake();
    } else {
      refuse(batch);
    }
  }

  private void refuse(Work work) {
    work.done().completeExceptionally(refusal());
  }

  private IOException refusal() {
    return new IOException(
        "bucket \"" + name + "\" " + (closed ? "is closing" : "has too much to do"));
  }

  /** Takes nothing new, finishes what is queued, answers who waits, and closes. Idempotent. */
  @Override
  public void close() throws IOException {
    synchronized (loop) {
      if (closed) {
        return;
      }
      closed = true;
    }
    if (arrivals != null) {
      arrivals.close();
      arrivalsLoop.close();
    }
    loop.close();
    if (loop.isRunning()) {
      for (Work work = queue.poll(); work != null; work = queue.poll()) {
        refuse(work);
      }
      throw new IOException(
          "the disk of bucket \"" + name + "\" hangs; what was answered is on it");
    }
    step.finish();
    if (arrivals != null) {
      arrivals.finish(refusal());
    }
    try (spool;
        dead) {
      // in this order, whatever happens
    }
  }
}
