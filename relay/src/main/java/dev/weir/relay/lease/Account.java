package dev.weir.relay.lease;

import dev.weir.capture.CaptureId;
import dev.weir.capture.MalformedException;
import dev.weir.ledger.LossReason;
import dev.weir.relay.lease.GroupBook.Tries;
import dev.weir.relay.lease.GroupBook.Unsettled;
import dev.weir.relay.store.DeadRow.Place;
import dev.weir.relay.store.DeadRow.State;
import dev.weir.relay.store.Envelope;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a group has met of its bucket and what became of it. Every position from its start on is
 * settled, open, or still {@linkplain Ahead ahead}.
 *
 * <pre>
 *   start … settled … lowest … open, ahead; settled between … through … ahead … next
 * </pre>
 */
final class Account {
  /** So many captures may be open; beyond it the group reads no further. */
  static final int MAX_OPEN = 10_000;

  private final Frames frames;
  private final NavigableMap<Long, Item> open = new TreeMap<>();

  private final Ahead ahead;

  private final long start;
  private long through;
  private Counts counts;
  private Manner manner;
  private boolean changed;
  private long metBytes;

  /**
   * @param rows those of the group in the dead store, by capture
   * @param missing why those are not there that the book has as dead
   */
  Account(GroupBook book, Map<CaptureId, Place> rows, LossReason missing, Frames frames) {
    this.frames = frames;
    start = book.start();
    through = book.through();
    ahead = new Ahead(book);
    counts = book.counts();
    manner = book.manner();
    exhume(rows, missing);
  }

  /** Brings the book to what the dead store says: that was written first. */
  private void exhume(Map<CaptureId, Place> rows, LossReason missing) {
    long here = 0;
    Map<State, Long> gone = new EnumMap<>(State.class);
    for (Map.Entry<CaptureId, Place> row : rows.entrySet()) {
      long offset = row.getValue().offset();
      if (row.getValue().state().isGone()) {
        gone.merge(row.getValue().state(), 1L, Long::sum);
      } else if (ahead.holds(offset)) {
        ahead.bury(offset, row.getKey());
      } else {
        here++;
      }
    }
    changed = counts.dead() > here;
    counts = counts.withDead(here, gone, missing);
  }

  /** The account of a new group. */
  static Account starting(long position, Frames frames) {
    Account account =
        new Account(GroupBook.startingAt(position), Map.of(), LossReason.UNKNOWN, frames);
    account.changed = true;
    return account;
  }

  long start() {
    return start;
  }

  Manner manner() {
    return manner;
  }

  void treat(Manner now) {
    changed |= !now.equals(manner);
    manner = now;
  }

  /** The book must be saved, whatever it says. */
  void touch() {
    changed = true;
  }

  /** What is met and not settled, in order. */
  Collection<Item> open() {
    return open.values();
  }

  boolean isFull() {
    return open.size() >= MAX_OPEN;
  }

  /** Meets the next capture; null at the end, and where too many are open. */
  @Nullable
  Item meet() throws IOException {
    while (true) {
      long at = ahead.first();
      if (at == ahead.cursor() && isFull()) {
        return null;
      }
      Entry entry = frames.at(at);
      if (entry == null) {
        return null;
      }
      if (entry instanceof Frame frame) {
        Item item = opened(frame, ahead.meet());
        if (item != null) {
          return item;
        }
      } else {
        lose((Gap) entry);
      }
    }
  }

  /** Of all that it has met since it was opened. */
  long metBytes() {
    return metBytes;
  }

  private @Nullable Item opened(Frame frame, Tries tries) {
    try {
      Envelope envelope = Envelope.decode(frame.bytes());
      if (ahead.unearth(frame.position(), envelope.id())) {
        counts = counts.plus(Fate.DEAD);
        settled(frame.position());
        return null;
      }
      metBytes += frame.bytes().length;
      Item item = new Item(frame.position(), envelope.session(), tries);
      open.put(item.offset, item);
      return item;
    } catch (MalformedException e) {
      counts = counts.lost(LossReason.CORRUPT, 1);
      settled(frame.position());
      return null;
    }
  }

  /** The capture itself; null if the bucket has lost it since it was met, and then it is booked. */
  @Nullable
  Envelope read(Item item) throws IOException {
    Entry entry = frames.at(item.offset);
    if (entry instanceof Frame frame) {
      try {
        return Envelope.decode(frame.bytes());
      } catch (MalformedException e) {
        lose(item, LossReason.CORRUPT);
        return null;
      }
    }
    lose(item, entry instanceof Gap gap ? gap.reason() : LossReason.UNKNOWN);
    return null;
  }

  void settle(Item item, Fate fate) {
    open.remove(item.offset);
    item.settled = true;
    counts = counts.plus(fate);
    settled(item.offset);
  }

  private void lose(Item item, LossReason reason) {
    open.remove(item.offset);
    item.settled = true;
    counts = counts.lost(reason, 1);
    settled(item.offset);
  }

  /** Books what the bucket has lost, save what is with a player. */
  void lose(Gap gap) {
    giveUp(gap.from(), gap.through(), gap.reason());
  }

  /** How many {@link #purge} would give up, about. */
  long purgeable(long end) {
    long free =
        open.headMap(end).values().stream().filter(item -> item.lease == null).count();
    return free + ahead.before(end);
  }

  /**
   * Gives up what is before {@code end}, save what is with a player.
   *
   * @return how many are lost that way
   */
  long purge(long end) {
    return giveUp(start, end - 1, LossReason.PURGED);
  }

  private long giveUp(long from, long last, LossReason reason) {
    if (last < from) {
      return 0;
    }
    long before = counts.lost().total();
    long count = 0;
    for (Item item : List.copyOf(open.subMap(from, true, last, true).values())) {
      if (item.lease == null) {
        open.remove(item.offset);
        item.settled = true;
        count++;
      }
    }
    Ahead.Passed passed = ahead.pass(from, last);
    counts = counts
        .plusDead(passed.dead())
        .plusRewound(-passed.again())
        .lost(reason, count + passed.lost());
    if (count > 0 || !passed.isNothing()) {
      settled(Math.min(last, ahead.cursor() - 1));
    }
    return counts.lost().total() - before;
  }

  /** Whether a row of the dead store counts as dead; if not, its capture is still to be met. */
  boolean isDead(long offset) {
    return !ahead.isBuried(offset);
  }

  /** Dead that are dead no more: their rows are in this state. */
  void raise(State to, long count) {
    counts = counts.raised(to, count);
    changed = true;
  }

  /** The dead store has it no more: what was dead is lost; what is still to be met was not. */
  void loseDead(CaptureId id, LossReason reason) {
    if (!ahead.unearth(id)) {
      counts = counts.plusDead(-1).lost(reason, 1);
      changed = true;
    }
  }

  /**
   * The dead store was damaged: what was dead and is not there is lost; what is still to be met is
   * met.
   *
   * @param rows those of the group in the dead store as it is now
   */
  void loseDead(Map<CaptureId, Place> rows, LossReason reason) {
    ahead.exhumeAllBut(rows.keySet());
    long here = rows.values().stream()
        .filter(place -> !place.state().isGone() && isDead(place.offset()))
        .count();
    counts = counts.withDead(here, Map.of(), reason);
    changed = true;
  }

  /** How many captures a rewind to {@code position} would bring back. */
  long behind(long position, Map<CaptureId, Place> rows) {
    return position >= ahead.cursor()
        ? 0
        : ahead.behind(position)
            - open.tailMap(position).size()
            - rows.values().stream().filter(place -> isBehind(place, position)).count();
  }

  private boolean isBehind(Place place, long position) {
    return !place.state().isGone()
        && place.offset() >= position
        && place.offset() < ahead.cursor()
        && isDead(place.offset());
  }

  /**
   * Goes back: all from {@code position} on is met again, save the dead, which stay where they are.
   * No lease may hold any of it afterwards.
   *
   * @param rows those of the group in the dead store
   */
  void rewind(long position, Map<CaptureId, Place> rows) {
    if (position >= ahead.cursor()) {
      return;
    }
    long again = behind(position, rows);
    long bodies = 0;
    for (Map.Entry<CaptureId, Place> row : rows.entrySet()) {
      if (isBehind(row.getValue(), position)) {
        ahead.bury(row.getValue().offset(), row.getKey());
        bodies++;
      }
    }
    NavigableMap<Long, Item> met = open.tailMap(position, true);
    Map<Long, Tries> unsettled = new TreeMap<>();
    met.values().forEach(item -> {
      item.settled = true;
      unsettled.put(item.offset, item.tries);
    });
    met.clear();
    ahead.rewind(position, unsettled);
    counts = counts.plusDead(-bodies).plusRewound(again);
    through = Math.min(through, position - 1);
    changed = true;
  }

  /** Its tries have changed: the book must say so. */
  void tried(Item item) {
    settled(item.offset);
  }

  private void settled(long offset) {
    through = Math.max(through, offset);
    changed = true;
  }

  /** Frees the memory that reading takes: nobody asks at present. */
  void rest() {
    frames.rest();
  }

  /** The first position that is not settled. */
  long lowest() {
    return open.isEmpty() ? ahead.first() : Math.min(ahead.first(), open.firstKey());
  }

  /** Whether the book says something else than when it was last {@link #saved}. */
  boolean isChanged() {
    return changed;
  }

  void saved() {
    changed = false;
  }

  GroupBook book() {
    NavigableMap<Long, Tries> unsettled = new TreeMap<>(ahead.remembered());
    open.headMap(through, true).forEach((offset, item) -> unsettled.put(offset, item.tries));
    return new GroupBook(
        start,
        through,
        Math.max(ahead.high(), through + 1),
        Unsettled.ranges(unsettled),
        counts,
        manner);
  }

  /**
   * Where the group stands, at {@code now} by the ticker, in a bucket that ends before
   * {@code next}.
   */
  Standing standing(long next, long now) {
    long leased = 0;
    long delayed = 0;
    for (Item item : open.values()) {
      if (item.lease != null) {
        leased++;
      } else if (item.isDelayed(now)) {
        delayed++;
      }
    }
    long waiting = open.size() - leased - delayed + ahead.before(next);
    return new Standing(next - start + counts.rewound(), counts, waiting, leased, delayed);
  }

  /** The terms of the group's equation. */
  record Standing(long captures, Counts counts, long waiting, long leased, long delayed) {}
}
