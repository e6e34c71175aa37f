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

  Committer(
      BucketName name,
      Spool spool,
      WhenFull whenFull,
      Clocks clocks,
      RunBooks runs,
      Groups groups) {
    this.name = name;
    this.spool = spool;
    this.whenFull = whenFull;
    this.clocks = clocks;
    this.runs = runs;
    this.groups = groups;
  }

  private record Staged(Work.Append batch, Taken taken) {}

  /**
   * Commits and answers everybody. Where the disk refuses, the runs' books stay as they were; the
   * groups' are ahead of it then, which costs nothing but a repetition should the relay be killed
   * now.
   *
   * @throws IOException if the disk refused; everybody has heard
   */
  void commit(List<Work.Append> batches, List<Promise<?>> promises) throws IOException {
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
          refuse(full, staged, promises);
          return;
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

  /** No room for new captures; what brings none is committed all the same. */
  private void refuse(Append.Full full, List<Staged> staged, List<Promise<?>> promises)
      throws IOException {
    List<Work.Append> light = new ArrayList<>();
    for (Staged one : staged) {
      if (one.taken().frames().isEmpty()) {
        light.add(one.batch());
      } else {
        one.batch().done().complete(new Receipt.Full(full.used(), full.limit()));
      }
    }
    commit(light, promises);
  }
}
