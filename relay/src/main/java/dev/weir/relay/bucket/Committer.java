package dev.weir.relay.bucket;

import dev.weir.capture.RunId;
import dev.weir.durable.CrashPoint;
import dev.weir.relay.bucket.RunBooks.Taken;
import dev.weir.relay.lease.Clocks;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Append;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a step of a bucket has come to in one commit: new captures, the books of their runs,
 * and those of the groups. Then it answers. Its bucket's loop alone may call.
 */
final class Committer {
  private final BucketName name;
  private final Spool spool;
  private final WhenFull whenFull;
  private final Clocks clocks;
  private final RunBooks runs;
  private final Groups groups;
  private final Retention retention;

  Committer(
      BucketName name,
      Spool spool,
      WhenFull whenFull,
      Clocks clocks,
      RunBooks runs,
      Groups groups,
      Retention retention) {
    this.name = name;
    this.spool = spool;
    this.whenFull = whenFull;
    this.clocks = clocks;
    this.runs = runs;
    this.groups = groups;
    this.retention = retention;
  }

  private record Staged(Work.Append batch, Taken taken) {}

  /** Batches for which the spool has no room; nobody has answered them yet. */
  private record Unplaced(List<Work.Append> batches, Append.Full full) {}

  /**
   * Commits and answers everybody. What no group needs any more makes room for what is new. Where
   * the disk refuses, the runs' books stay as they were; the groups' are ahead of it then, which
   * costs nothing but a repetition should the relay be killed now.
   *
   * @throws IOException if the disk refused; everybody has heard
   */
  void commit(List<Work.Append> batches, List<Promise<?>> promises) throws IOException {
    Unplaced unplaced = write(batches, promises);
    while (unplaced != null) {
      List<Work.Append> again = unplaced.batches();
      try {
        if (!retention.makeRoom(groups.needed(spool.state().next()))) {
          refuse(unplaced);
          return;
        }
        unplaced = write(again, List.of());
      } catch (IOException e) {
        again.forEach(batch -> batch.done().completeExceptionally(e));
        throw e;
      }
    }
  }

  /**
   * Commits what there is room for, and answers that. Where there is too little, all that brings
   * nothing new is committed the same.
   */
  private @Nullable Unplaced write(List<Work.Append> batches, List<Promise<?>> promises)
      throws IOException {
    List<Staged> staged = new ArrayList<>();
    Map<RunId, RunBook> books = new HashMap<>();
    List<byte[]> frames = new ArrayList<>();
    for (Work.Append batch : batches) {
      Staged one = stage(batch, books);
      if (one != null) {
        staged.add(one);
        frames.addAll(one.taken().frames());
      }
    }
    Map<String, byte[]> marks = groups.unsaved();
    books.forEach((run, book) -> marks.put(RunBooks.markOf(run), book.encode()));
    if (!marks.isEmpty()) {
      try {
        if (spool.append(frames, marks, whenFull) instanceof Append.Full full) {
          return withoutFrames(staged, promises, full);
        }
      } catch (IOException e) {
        staged.forEach(one -> one.batch().done().completeExceptionally(e));
        promises.forEach(promise -> promise.breakFor(e));
        throw e;
      }
      runs.committed(books);
      groups.saved();
    }
    answer(staged);
    for (Promise<?> promise : promises) {
      CrashPoint.SETTLE_COMMITTED.reach();
      promise.keep();
      CrashPoint.SETTLE_ANSWERED.reach();
    }
    groups.sweep();
    return null;
  }

  private Unplaced withoutFrames(List<Staged> staged, List<Promise<?>> promises, Append.Full full)
      throws IOException {
    List<Work.Append> light = new ArrayList<>();
    List<Work.Append> heavy = new ArrayList<>();
    for (Staged one : staged) {
      (one.taken().frames().isEmpty() ? light : heavy).add(one.batch());
    }
    try {
      write(light, promises);
    } catch (IOException e) {
      heavy.forEach(batch -> batch.done().completeExceptionally(e));
      throw e;
    }
    return new Unplaced(heavy, full);
  }

  /** What a batch comes to, its run's book put into {@code books}; null if it is answered. */
  private @Nullable Staged stage(Work.Append batch, Map<RunId, RunBook> books) {
    RunId run = batch.shipment().run();
    RunBook before = books.getOrDefault(run, runs.of(run));
    Taken taken =
        RunBooks.take(batch.shipment(), batch.rulings(), before, clocks.now().toEpochMilli());
    if (taken == null) {
      long expected = RunBooks.expectedAfter(batch.shipment(), before);
      batch.done().complete(new Receipt.Missing(expected));
      return null;
    }
    if (!runs.hasRoomFor(run)) {
      batch
          .done()
          .completeExceptionally(new IOException(
              "bucket \"" + name + "\" knows " + RunBooks.MAX + " runs and takes no new one"));
      return null;
    }
    if (taken.book().mark() > 0) { // nothing is nothing to remember
      books.put(run, taken.book());
    }
    return new Staged(batch, taken);
  }

  private void answer(List<Staged> staged) {
    Spool.State state = spool.state();
    for (Staged one : staged) {
      CrashPoint.ARRIVAL_COMMITTED.reach();
      one.batch()
          .done()
          .complete(new Receipt.Stored(
              one.taken().book().mark(), one.taken().duplicates(), state.used(), state.limit()));
    }
  }

  private static void refuse(Unplaced unplaced) {
    Append.Full full = unplaced.full();
    unplaced
        .batches()
        .forEach(batch -> batch.done().complete(new Receipt.Full(full.used(), full.limit())));
  }
}
