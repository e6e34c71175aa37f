package dev.weir.relay.bucket;

import dev.weir.capture.CaptureId;
import dev.weir.capture.MalformedException;
import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.relay.store.Envelope;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The books of all runs that ever shipped to a bucket. Its bucket's loop alone may call, save
 * {@link #of}.
 */
final class RunBooks {
  /** A run unheard of for so long is forgotten; its sums stay. */
  static final Duration FORGET_AFTER = Duration.ofDays(90);

  /**
   * Nor is any forgotten sooner after a start: what was off for long, or has a clock that jumped
   * meanwhile, must hear of those that live first.
   */
  static final Duration FORGET_NONE_FOR = Duration.ofDays(1);

  /** A bucket knows no more runs. */
  static final int MAX = 100_000;

  private static final String PREFIX = "run/";

  /** The sums of the runs that are forgotten. */
  private static final String PAST = "runs/past";

  private final Map<RunId, RunBook> books = new ConcurrentHashMap<>();

  private RunBook past = RunBook.NEW;

  /**
   * @param marks the spool's
   * @param positions how many it has given since the first of them that groups account for. Those
   *     in no book had theirs in a segment that was destroyed: their proxies name their numbers
   *     again, as rolled back, so here they are copies
   */
  static RunBooks read(Map<String, byte[]> marks, long positions) throws MalformedException {
    RunBooks read = new RunBooks();
    for (Map.Entry<String, byte[]> mark : marks.entrySet()) {
      if (mark.getKey().startsWith(PREFIX)) {
        RunId run = new RunId(mark.getKey().substring(PREFIX.length()));
        read.books.put(run, RunBook.decode(mark.getValue()));
      } else if (mark.getKey().equals(PAST)) {
        read.past = RunBook.decode(mark.getValue());
      }
    }
    long known = read.past.captures();
    for (RunBook book : read.books.values()) {
      known += book.captures();
    }
    read.past = read.past.copied(Math.max(0, positions - known));
    return read;
  }

  static String markOf(RunId run) {
    return PREFIX + run;
  }

  /** As committed. Any thread. */
  RunBook of(RunId run) {
    return books.getOrDefault(run, RunBook.NEW);
  }

  /** Whether there is room for one more, or it is known. */
  boolean hasRoomFor(RunId run) {
    return books.size() < MAX || books.containsKey(run);
  }

  Map<RunId, RunBook> all() {
    return Map.copyOf(books);
  }

  RunBook past() {
    return past;
  }

  void committed(Map<RunId, RunBook> changed) {
    books.putAll(changed);
  }

  /** What a batch comes to: the frames that are new, and the book once they are committed. */
  record Taken(RunBook book, List<byte[]> frames, long duplicates) {}

  /**
   * Works out what a batch comes to; null where it begins after a hole, that is, after
   * {@code expected}, or goes on with what its bucket's hook has not seen: it must be sent again.
   *
   * @param before the run's book
   */
  static @Nullable Taken take(Shipment shipment, Ruling.Book rulings, RunBook before, long nowMs) {
    List<Entry> entries = shipment.entries();
    RunBook book = before.heard(nowMs, shipment.proxy());
    long forgotten = expectedAfter(shipment, before) - 1 - before.mark();
    if (forgotten > 0) {
      book = book.rolledBack(forgotten);
    }
    if (!entries.isEmpty() && entries.get(0).from() > book.mark() + 1) {
      return null;
    }
    List<byte[]> frames = new ArrayList<>();
    long duplicates = 0;
    for (Entry entry : entries) {
      if (entry.through() <= book.mark()) {
        duplicates += entry instanceof Frame ? 1 : 0;
      } else if (entry instanceof Frame frame) {
        Ruling ruling = rulings.on(frame);
        if (ruling == null) {
          return null;
        }
        book = book(shipment.run(), frame, ruling, book, nowMs, frames);
      } else if (entry instanceof Gap gap) {
        book = book.lost(gap.reason(), gap.through() - book.mark());
      }
    }
    return new Taken(book, frames, duplicates);
  }

  /** The book with one capture more; what is kept of it goes to {@code frames}. */
  private static RunBook book(
      RunId run, Frame frame, Ruling ruling, RunBook book, long nowMs, List<byte[]> frames) {
    if (ruling instanceof Ruling.Kept kept) {
      int copy = 0;
      for (byte[] capture : kept.captures()) {
        CaptureId id = new CaptureId(run, frame.position(), ++copy);
        frames.add(new Envelope(id, nowMs, capture).encode());
      }
      return book.stored(copy);
    }
    if (ruling instanceof Ruling.Emitted) {
      CaptureId id = new CaptureId(run, frame.position());
      frames.add(new Envelope(id, nowMs, frame.bytes()).encode());
      return book.made();
    }
    return ruling instanceof Ruling.Filtered ? book.dropped() : book.lost(LossReason.HOOK_ERROR, 1);
  }

  /**
   * The number that must come next. A relay that was restored or replaced knows less than the
   * sender was told: what the sender no longer has is rolled back.
   */
  static long expectedAfter(Shipment shipment, RunBook before) {
    List<Entry> entries = shipment.entries();
    long gone = entries.isEmpty()
        ? shipment.acked()
        : Math.min(shipment.acked(), entries.get(0).from() - 1);
    return Math.max(before.mark(), gone) + 1;
  }

  /**
   * Runs that are old, to be forgotten.
   *
   * @param past the sums of those that are forgotten, with theirs
   */
  record Old(List<RunId> runs, RunBook past) {
    /** To commit. */
    Map<String, byte[]> marks() {
      Map<String, byte[]> marks = new HashMap<>();
      runs.forEach(run -> marks.put(markOf(run), new byte[0]));
      marks.put(PAST, past.encode());
      return marks;
    }
  }

  /**
   * Finds old runs; null: there are none.
   *
   * @param nowMs by the clock that {@link #take} goes by, which does not jump while the bucket is
   *     open
   * @param up for how long the bucket has been open
   */
  @Nullable
  Old old(long nowMs, Duration up) {
    if (up.compareTo(FORGET_NONE_FOR) < 0) {
      return null;
    }
    List<RunId> runs = new ArrayList<>();
    RunBook sums = past;
    for (Map.Entry<RunId, RunBook> run : books.entrySet()) {
      if (nowMs - run.getValue().heardMs() > FORGET_AFTER.toMillis()) {
        runs.add(run.getKey());
        sums = sums.plus(run.getValue());
      }
    }
    return runs.isEmpty() ? null : new Old(runs, sums);
  }

  /** Its marks are committed. */
  void forgotten(Old old) {
    books.keySet().removeAll(old.runs());
    past = old.past();
  }
}
