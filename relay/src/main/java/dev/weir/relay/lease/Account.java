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
 * settled, open, remembered as unsettled from before a restart or a rewind, or not met yet.
 *
 * <pre>
 *   start … settled … lowest … open, remembered; settled between … through … cursor … not met … next
 *   after a rewind:                          cursor … to be met again, remembered … high … not met …
 * </pre>
 */
final class Account {
  /** So many captures may be open; beyond it the group reads no further. */
  static final int MAX_OPEN = 10_000;

  private final Frames frames;
  private final NavigableMap<Long, Item> open = new TreeMap<>();

  /** Unsettled by the book, and not met again since the bucket was opened or rewound. */
  private final NavigableMap<Long, Tries> remembered = new TreeMap<>();

  /** In the dead store, but not counted as dead before they are met. */
  private final NavigableMap<Long, CaptureId> buried = new TreeMap<>();

  private final long start;
  private long cursor;
  private long through;
  private long high;
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
    cursor = through + 1;
    high = book.high();
    counts = book.counts();
    manner = book.manner();
    for (Unsettled range : book.unsettled()) {
      for (long offset = range.from(); offset <= range.through(); offset++) {
        remembered.put(offset, range.tries());
      }
    }
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
      } else if (offset > through || remembered.containsKey(offset)) {
        buried.put(offset, row.getKey());
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
      boolean again = !remembered.isEmpty() && remembered.firstKey() < cursor;
      if (!again && isFull()) {
        return null;
      }
      long at = again ? remembered.firstKey() : cursor;
      Entry entry = frames.at(at);
      if (entry == null) {
        return null;
      }
      if (entry instanceof Frame frame) {
        Tries tries = remembered.remove(at);
        cursor = Math.max(cursor, at + 1);
        Item item = opened(frame, tries == null ? Tries.NONE : tries);
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
      if (envelope.id().equals(buried.get(frame.position()))) {
        buried.remove(frame.position());
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
    long unmet =
        Math.max(0, end - cursor) + remembered.headMap(Math.min(end, cursor)).size();
    return free + unmet;
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
    long bodies = 0;
    if (from < cursor) {
      NavigableMap<Long, Tries> gone =
          remembered.subMap(from, true, Math.min(last, cursor - 1), true);
      count += gone.size();
      bodies =
          gone.keySet().stream().filter(offset -> buried.remove(offset) != null).count();
      gone.clear();
    }
    counts = counts.plusDead(bodies).lost(reason, count - bodies);
    boolean touched = count > 0;
    if (from <= cursor && last >= cursor) {
      skip(last, reason);
      touched = true;
    }
    if (touched) {
      settled(Math.min(last, cursor - 1));
    }
    return counts.lost().total() - before;
  }

  /**
   * Passes over what is not met, up to {@code last}: lost, save the dead, and what was settled
   * before a rewind.
   */
  private void skip(long last, LossReason reason) {
    NavigableMap<Long, CaptureId> bodies = buried.subMap(cursor, true, last, true);
    NavigableMap<Long, Tries> unsettled = remembered.subMap(cursor, true, last, true);
    bodies.keySet().forEach(unsettled::remove);
    long again = Math.max(0, Math.min(last + 1, high) - cursor)
        - unsettled.size()
        - bodies.keySet().stream().filter(offset -> offset < high).count();
    long lost = last + 1 - cursor - again - bodies.size();
    counts = counts.plusDead(bodies.size()).plusRewound(-again).lost(reason, lost);
    bodies.clear();
    unsettled.clear();
    cursor = last + 1;
  }

  /** Whether a row of the dead store counts as dead; if not, its capture is still to be met. */
  boolean isDead(long offset) {
    return !buried.containsKey(offset);
  }

  /** Dead that are dead no more: their rows are in this state. */
  void raise(State to, long count) {
    counts = counts.raised(to, count);
    changed = true;
  }

  /** The dead store has it no more: what was dead is lost; what is still to be met was not. */
  void loseDead(CaptureId id, LossReason reason) {
    if (!buried.values().remove(id)) {
      counts = counts.plusDead(-1).lost(reason, 1);
      changed = true;
    }
  }

  /** How many captures a rewind to {@code position} would bring back. */
  long behind(long position, Map<CaptureId, Place> rows) {
    return position >= cursor
        ? 0
        : cursor
            - position
            - open.tailMap(position).size()
            - remembered.subMap(position, cursor).size()
            - rows.values().stream().filter(place -> isBehind(place, position)).count();
  }

  private boolean isBehind(Place place, long position) {
    return !place.state().isGone()
        && place.offset() >= position
        && place.offset() < cursor
        && isDead(place.offset());
  }

  /**
   * Goes back: all from {@code position} on is met again, save the dead, which stay where they are.
   * No lease may hold any of it afterwards.
   *
   * @param rows those of the group in the dead store
   */
  void rewind(long position, Map<CaptureId, Place> rows) {
    if (position >= cursor) {
      return;
    }
    long again = behind(position, rows);
    long bodies = 0;
    for (Map.Entry<CaptureId, Place> row : rows.entrySet()) {
      if (isBehind(row.getValue(), position)) {
        buried.put(row.getValue().offset(), row.getKey());
        bodies++;
      }
    }
    NavigableMap<Long, Item> unsettled = open.tailMap(position, true);
    unsettled.values().forEach(item -> {
      item.settled = true;
      remembered.put(item.offset, item.tries);
    });
    unsettled.clear();
    counts = counts.plusDead(-bodies).plusRewound(again);
    high = Math.max(high, cursor);
    cursor = position;
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
    long lowest = cursor;
    if (!open.isEmpty()) {
      lowest = Math.min(lowest, open.firstKey());
    }
    if (!remembered.isEmpty()) {
      lowest = Math.min(lowest, remembered.firstKey());
    }
    return lowest;
  }

  /** Whether the book says something else than when it was last {@link #saved}. */
  boolean isChanged() {
    return changed;
  }

  void saved() {
    changed = false;
  }

  GroupBook book() {
    NavigableMap<Long, Tries> unsettled = new TreeMap<>(remembered);
    open.headMap(through, true).forEach((offset, item) -> unsettled.put(offset, item.tries));
    return new GroupBook(
        start, through, Math.max(high, through + 1), Unsettled.ranges(unsettled), counts, manner);
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
    long waiting =
        open.size() - leased - delayed + remembered.headMap(cursor).size() + (next - cursor);
    return new Standing(next - start + counts.rewound(), counts, waiting, leased, delayed);
  }

  /** The terms of the group's equation. */
  record Standing(long captures, Counts counts, long waiting, long leased, long delayed) {}
}
