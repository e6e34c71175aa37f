package dev.weir.relay.bucket;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.CaptureId;
import dev.weir.capture.MalformedException;
import dev.weir.capture.RunId;
import dev.weir.loop.Step;
import dev.weir.loop.Ticker;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Origin;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a bucket's hook on what arrives, before anything of it is written. One batch goes after the
 * other, each answered before the next is looked at: so the books say of what is sent again that it
 * is here, and the hook does not see it twice.
 *
 * <pre>
 *  HTTP threads ─▶ queue ─▶ hook ─▶ the bucket's loop: books, one commit, answer
 * </pre>
 *
 * <p>Its loop's thread owns the hook; neither HTTP threads nor the bucket's loop wait for it.
 */
final class Arrivals implements Step {
  /** So many batches may wait; whoever comes then is told to come again. */
  static final int MAX_QUEUED = 64;

  /**
   * A batch that takes longer is booked as far as the hook has come, and the sender told so: it
   * waits for an answer for half a minute.
   */
  static final Duration MOST_TIME = Duration.ofSeconds(15);

  /** What the hook makes of a batch is bounded likewise; one capture always goes. */
  static final ByteSize MOST_BYTES = ByteSize.ofMegabytes(32);

  private static final Duration IDLE = Duration.ofHours(1);

  private final Hook hook;
  private final Function<RunId, RunBook> books;
  private final Consumer<Work.Append> bucket;
  private final Ticker ticker;
  private final BlockingQueue<Work.Append> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private @Nullable CompletableFuture<Receipt> underWay;
  private volatile boolean closing;

  /**
   * @param books of the runs, as committed
   * @param bucket takes what the hook has seen
   */
  Arrivals(Hook hook, Function<RunId, RunBook> books, Consumer<Work.Append> bucket, Ticker ticker) {
    this.hook = hook;
    this.books = books;
    this.bucket = bucket;
    this.ticker = ticker;
  }

  /** Whether there was room. Any thread. */
  boolean offer(Work.Append batch) {
    return queue.offer(batch);
  }

  /** Whether it was still waiting, and is no more. Any thread. */
  boolean remove(Work.Append batch) {
    return queue.remove(batch);
  }

  /** To be woken when a batch comes, and when one is answered. */
  @Override
  public Duration step() {
    CompletableFuture<Receipt> before = underWay;
    Work.Append batch = before == null || before.isDone() ? queue.poll() : null;
    if (batch == null) {
      return IDLE;
    }
    underWay = batch.done();
    try {
      bucket.accept(ruled(batch));
    } catch (RuntimeException | Error e) {
      batch.done().completeExceptionally(new IOException("the hook failed; the log says why", e));
      throw e;
    }
    return Duration.ZERO;
  }

  private Work.Append ruled(Work.Append batch) {
    Shipment shipment = batch.shipment();
    long expected = RunBooks.expectedAfter(shipment, books.apply(shipment.run()));
    Map<Long, Ruling> rulings = new HashMap<>();
    List<Entry> seen = new ArrayList<>();
    long until = ticker.nanos() + MOST_TIME.toNanos();
    long bytes = 0;
    for (Entry entry : shipment.entries()) {
      boolean enough = closing || ticker.nanos() - until >= 0 || bytes >= MOST_BYTES.bytes();
      if (enough && !rulings.isEmpty()) {
        break;
      }
      seen.add(entry);
      boolean follows = shipment.entries().get(0).from() <= expected;
      if (entry instanceof Frame frame && follows && frame.position() >= expected) {
        Ruling ruling = rule(shipment, frame);
        rulings.put(frame.position(), ruling);
        bytes += size(ruling);
      }
    }
    return new Work.Append(
        new Shipment(shipment.run(), shipment.proxy(), shipment.acked(), seen),
        frame -> rulings.get(frame.position()),
        batch.done());
  }

  private Ruling rule(Shipment shipment, Frame frame) {
    Capture capture;
    try {
      capture = CaptureCodec.decode(frame.bytes());
    } catch (MalformedException e) {
      return new Ruling.Failed(); // what the hook cannot read is not kept
    }
    CaptureId id = new CaptureId(shipment.run(), frame.position());
    Hook.Result result = hook.run(capture, new Origin(id, 0, shipment.proxy()));
    if (result instanceof Hook.Result.Kept kept) {
      List<byte[]> captures = new ArrayList<>(kept.emissions().size());
      for (Emission emission : kept.emissions()) {
        captures.add(
            emission.capture().equals(capture)
                ? frame.bytes()
                : CaptureCodec.encode(emission.capture()));
      }
      return new Ruling.Kept(captures);
    }
    return result instanceof Hook.Result.Dropped ? new Ruling.Filtered() : new Ruling.Failed();
  }

  private static long size(Ruling ruling) {
    return ruling instanceof Ruling.Kept kept
        ? kept.captures().stream().mapToLong(capture -> capture.length).sum()
        : 0;
  }

  /** The batch under way ends with the capture that the hook is at. Any thread. */
  void close() {
    closing = true;
  }

  /** No step runs any more: answers who still waits, and stops the hook. */
  void finish(IOException why) {
    for (Work.Append batch = queue.poll(); batch != null; batch = queue.poll()) {
      batch.done().completeExceptionally(why);
    }
    hook.close();
  }
}
