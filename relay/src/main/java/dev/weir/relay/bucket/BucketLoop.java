package dev.weir.relay.bucket;

import dev.weir.durable.CrashPoint;
import dev.weir.loop.Step;
import dev.weir.relay.lease.Clocks;
import dev.weir.relay.lease.Group;
import dev.weir.relay.lease.Settled;
import dev.weir.relay.store.DeadLostException;
import dev.weir.relay.store.DeadStore;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Gap;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that happens in one bucket, on one thread: it needs no lock, and every view is of one
 * moment. What has queued up goes into one commit, and is answered after it.
 *
 * <pre>
 *   queue ─▶ batches, settlements, operations ─▶ one commit ─▶ answers ─▶ leases for those who wait ─▶ view
 * </pre>
 */
final class BucketLoop implements Step {
  /** One commit takes no more work, and about so many bytes; one batch always goes. */
  private static final int MAX_WORK = 1_000;

  private static final long MAX_BYTES = 4 << 20;

  private static final int MAX_POLLS = 4_096;

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration TIDY_EVERY = Duration.ofSeconds(1);

  /** A bucket where nothing happens looks after itself less often. */
  private static final Duration TIDY_AT_REST = Duration.ofSeconds(10);

  private static final Duration VIEW_EVERY = Duration.ofMillis(200);

  private static final Logger LOG = LoggerFactory.getLogger(BucketLoop.class);

  private final BucketName name;
  private final Spool spool;
  private final DeadStore dead;
  private final WhenFull whenFull;
  private final Clocks clocks;
  private final Queue<Work> queue;
  private final RunBooks runs;
  private final Groups groups;
  private final Polls polls;
  private final Retention retention;
  private final Committer committer;
  private final Operations operations;

  private final long openedAt;

  private Spool.State state;
  private long tidyAt;
  private long viewAt;
  private boolean worked; // since it was tidied
  private boolean resting;
  private boolean failed;
  private boolean deadLost; // and the groups have not booked it
  private @Nullable String trouble;
  private volatile BucketView view;

  BucketLoop(
      BucketName name,
      Spool spool,
      DeadStore dead,
      WhenFull whenFull,
      Clocks clocks,
      Queue<Work> queue,
      RunBooks runs,
      Groups groups,
      Retention retention) {
    this.name = name;
    this.spool = spool;
    this.dead = dead;
    this.whenFull = whenFull;
    this.clocks = clocks;
    this.queue = queue;
    this.runs = runs;
    this.groups = groups;
    this.polls = new Polls(groups);
    this.retention = retention;
    this.committer = new Committer(name, spool, whenFull, clocks, runs, groups, retention);
    this.operations = new Operations(spool, dead, groups, clocks);
    this.state = spool.state();
    this.openedAt = clocks.nanos();
    this.tidyAt = openedAt;
    this.viewAt = clocks.nanos();
    this.view = look();
  }

  /** The bucket between two steps, some of them ago; any thread. */
  BucketView view() {
    return view;
  }

  @Override
  public Duration step() {
    List<Work> works = drain();
    try {
      return take(works);
    } catch (RuntimeException | Error e) {
      IOException why = new IOException("bucket \"" + name + "\" failed; its log says why", e);
      works.forEach(work -> work.done().completeExceptionally(why)); // whoever was not answered
      polls.dismiss();
      throw e;
    }
  }

  private Duration take(List<Work> works) {
    failed = false;
    recountDead();
    takeBack();
    List<Work.Append> batches = new ArrayList<>();
    List<Promise<?>> promises = new ArrayList<>();
    worked |= !works.isEmpty();
    for (Work work : works) {
      if (work instanceof Work.Append batch) {
        batches.add(batch);
      } else if (work instanceof Work.Settle settle) {
        book(settle, promises);
      } else if (work instanceof Work.Operate<?> operate) {
        operate(operate, promises);
      } else if (work instanceof Work.Extend extend) {
        extend.done().complete(groups.extend(extend.lease(), extend.length()));
      } else if (work instanceof Work.Poll poll) {
        wait(poll);
      }
    }
    commit(batches, promises);
    serve();
    tidy();
    say();
    long now = clocks.nanos();
    if (queue.isEmpty() || now - viewAt >= VIEW_EVERY.toNanos()) {
      view = look();
      viewAt = now;
    }
    return pause(now);
  }

  private List<Work> drain() {
    List<Work> works = new ArrayList<>();
    long bytes = 0;
    while (works.size() < MAX_WORK && bytes < MAX_BYTES) {
      Work work = queue.poll();
      if (work == null) {
        break;
      }
      works.add(work);
      if (work instanceof Work.Append batch) {
        bytes += batch.shipment().bytes();
      }
    }
    return works;
  }

  private void recountDead() {
    if (!deadLost) {
      return;
    }
    try {
      for (Group group : groups.all()) {
        group.recountDead();
      }
      deadLost = false;
    } catch (IOException e) {
      fail(e);
    }
  }

  private void takeBack() {
    for (Group group : groups.all()) {
      try {
        group.step();
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  private void book(Work.Settle settle, List<Promise<?>> promises) {
    try {
      Settled outcome = groups.settle(settle.lease(), settle.settlement());
      if (outcome == Settled.BOOKED) {
        CrashPoint.SETTLE_BOOKED.reach();
        promises.add(new Promise<>(settle.done(), outcome));
      } else {
        settle.done().complete(outcome);
      }
    } catch (IOException e) {
      fail(e);
      settle.done().completeExceptionally(e);
    }
  }

  private <T> void operate(Work.Operate<T> work, List<Promise<?>> promises) {
    try {
      promises.add(new Promise<>(work.done(), work.operation().on(operations)));
    } catch (IOException e) {
      fail(e);
      work.done().completeExceptionally(e);
    }
  }

  private void wait(Work.Poll poll) {
    try {
      if (groups.findOrStart(poll.request().group(), GroupStart.OLDEST) == null) {
        throw new IOException("bucket \"" + name + "\" has " + Groups.MAX + " groups already");
      }
      if (polls.size() >= MAX_POLLS) {
        throw new IOException(
            "bucket \"" + name + "\" has " + MAX_POLLS + " players waiting already");
      }
      polls.add(poll);
    } catch (IOException e) {
      poll.done().completeExceptionally(e);
    }
  }

  private void commit(List<Work.Append> batches, List<Promise<?>> promises) {
    try {
      committer.commit(batches, promises);
      look(spool.state());
    } catch (IOException e) {
      fail(e);
    }
  }

  /** Takes note of the spool's state; what it has dropped or let go, the groups have lost. */
  private void look(Spool.State now) {
    groups.miss(now.first());
    boolean dropped = !now.lost().equals(state.lost());
    state = now;
    if (!dropped) {
      return;
    }
    try {
      long at = now.first();
      while (true) {
        List<Spool.Entry> front = spool.read(at, 1, new ByteSize(1));
        if (front.isEmpty() || !(front.get(0) instanceof Gap gap)) {
          return;
        }
        groups.lose(gap);
        at = gap.through() + 1;
      }
    } catch (IOException e) {
      fail(e); // the groups will meet the gaps as they read
    }
  }

  private void serve() {
    try {
      polls.serve(clocks.nanos());
    } catch (IOException e) {
      fail(e);
    }
  }

  private void tidy() {
    long now = clocks.nanos();
    if (now - tidyAt < TIDY_EVERY.toNanos()) {
      return;
    }
    tidyAt = now;
    resting = !worked;
    worked = false;
    commit(List.of(), List.of()); // losses and leases that ran out
    try {
      if (!groups.areChanged()) {
        retention.keep(groups.needed(state.next()), state.next());
      }
      retention.expire();
      RunBooks.Old old = runs.old(clocks.now().toEpochMilli(), Duration.ofNanos(now - openedAt));
      if (old != null) {
        spool.append(List.of(), old.marks(), whenFull);
        runs.forgotten(old);
      }
      look(spool.state());
    } catch (IOException e) {
      fail(e);
    }
  }

  private void fail(IOException e) {
    failed = true;
    deadLost |= e instanceof DeadLostException;
    if (trouble == null) {
      LOG.warn("bucket {} has trouble with its disk and answers 503: {}", name, e.getMessage());
    }
    trouble = String.valueOf(e.getMessage());
  }

  private void say() {
    if (!failed && trouble != null) {
      LOG.info("bucket {} has its disk back", name);
      trouble = null;
    }
  }

  private BucketView look() {
    Long paused = groups.pausedMs();
    return new BucketView(
        name,
        state.used(),
        state.limit(),
        new ByteSize(dead.bytes()),
        runs.all(),
        runs.past(),
        groups.views(state.next()),
        groups.first(),
        paused == null ? null : Math.max(0, clocks.now().toEpochMilli() - paused),
        retention.oldestMs(),
        polls.size(),
        trouble);
  }

  private Duration pause(long now) {
    if (!queue.isEmpty()) {
      return Duration.ZERO;
    }
    Duration tidy = resting && !worked ? TIDY_AT_REST : TIDY_EVERY;
    Duration most = failed ? AFTER_FAILURE : groups.idle(tidy);
    return Duration.ofNanos(polls.idle(now, most.toNanos()));
  }

  /** The last of it, once no step runs any more: does what is queued, then answers who waits. */
  void finish() {
    while (!queue.isEmpty()) {
      step();
    }
    commit(List.of(), List.of());
    polls.dismiss();
  }
}
