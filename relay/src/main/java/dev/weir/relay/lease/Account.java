package dev.weir.relay.lease;

import dev.weir.capture.CaptureId;
import dev.weir.capture.MalformedException;
import dev.weir.ledger.LossReason;
import dev.weir.relay.lease.GroupBook.Tries;
import dev.weir.relay.lease.GroupBook.Unsettled;
import dev.weir.relay.store.Envelope;
import dev.weir.relay.store.Losses;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a group has met of its bucket and what became of it. Every position from its start on is
 * settled, open, remembered as unsettled from before a restart, or not met yet.
 *
 * <pre>
 *   start … settled … lowest … open, remembered; settled between … through … cursor … not met … next
 * </pre>
 */
final class Account {
  /** So many captures may be open; beyond it the group reads no further. */
  static final int MAX_OPEN = 10_000;

  /** What became of a capture that was not lost. */
  enum Fate {
    DELIVERED,
    FILTERED,
    DEAD
  }

  private final Frames frames;
  private final NavigableMap<Long, Item> open = new TreeMap<>();

  /** Unsettled by the book, and not met again since the bucket was opened. */
  private final NavigableMap<Long, Tries> remembered = new TreeMap<>();

  /** Buried, but not booked before the relay was killed. */
  private final Map<CaptureId, Long> buried = new HashMap<>();

  private final long start;
  private long cursor;
  private long through;
  private long delivered;
  private long filtered;
  private long dead;
  private Losses lost;
  private boolean changed;

  /** @param inCemetery who is dead for this group, and where in the bucket each stood */
  Account(GroupBook book, Map<CaptureId, Long> inCemetery, Frames frames) {
    this.frames = frames;
    start = book.start();
    through = book.through();
    cursor = through + 1;
    delivered = book.delivered();
    filtered = book.filtered();
    lost = book.lost();
    for (Unsettled range : book.unsettled()) {
      for (long offset = range.from(); offset <= range.through(); offset++) {
        remembered.put(offset, range.tries());
      }
    }
    inCemetery.forEach((id, offset) -> {
      if (offset > through || remembered.containsKey(offset)) {
        buried.put(id, offset);
      }
    });
    long booked = Math.min(book.dead(), inCemetery.size() - buried.size());
    dead = booked;
    lost = lost.plus(LossReason.EVICTED, book.dead() - booked);
    changed = booked != book.dead();
  }

  /** The account of a new group. */
  static Account starting(long position, Frames frames) {
    Account account = new Account(GroupBook.startingAt(position), Map.of(), frames);
    account.changed = true;
    return account;
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
      boolean again = !remembered.isEmpty();
      if (!again && isFull()) {
        return null;
      }
      long at = again ? remembered.firstKey() : cursor;
      Entry entry = frames.at(at);
      if (entry == null) {
        return null;
      }
      if (entry instanceof Frame frame) {
        Tries tries = remembered.getOrDefault(at, Tries.NONE);
        remembered.remove(at);
        cursor = Math.max(cursor, at + 1);
        Item item = opened(frame, tries);
        if (item != null) {
          return item;
        }
      } else {
        lose((Gap) entry);
      }
    }
  }

  private @Nullable Item opened(Frame frame, Tries tries) {
    try {
      Envelope envelope = Envelope.decode(frame.bytes());
      if (buried.remove(envelope.id()) != null) {
        dead++;
        settled(frame.position());
        return null;
      }
      Item item = new Item(frame.position(), envelope.session(), tries);
      open.put(item.offset, item);
      return item;
    } catch (MalformedException e) {
      lost = lost.plus(LossReason.CORRUPT, 1);
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
    switch (fate) {
      case DELIVERED -> delivered++;
      case FILTERED -> filtered++;
      case DEAD -> dead++;
    }
    settled(item.offset);
  }

  private void lose(Item item, LossReason reason) {
    open.remove(item.offset);
    item.settled = true;
    lost = lost.plus(reason, 1);
    settled(item.offset);
  }

  /** Books what the bucket has lost, save what is with a player. */
  void lose(Gap gap) {
    long count = 0;
    for (Item item :
        List.copyOf(open.subMap(gap.from(), true, gap.through(), true).values())) {
      if (item.lease == null) {
        open.remove(item.offset);
        item.settled = true;
        count++;
      }
    }
    NavigableMap<Long, Tries> gone = remembered.subMap(gap.from(), true, gap.through(), true);
    count += gone.size();
    gone.clear();
    if (gap.from() <= cursor && gap.through() >= cursor) {
      count += gap.through() - cursor + 1;
      cursor = gap.through() + 1;
    }
    if (count > 0) {
      lost = lost.plus(gap.reason(), count);
      settled(Math.min(gap.through(), cursor - 1));
    }
  }

  /** The dead bucket made room: what was dead is lost. */
  void loseDead(long count) {
    dead -= count;
    lost = lost.plus(LossReason.EVICTED, count);
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
    List<Unsettled> ranges = new ArrayList<>();
    unsettled.forEach((offset, tries) -> {
      Unsettled last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
      if (last != null && last.through() + 1 == offset && last.tries().equals(tries)) {
        ranges.set(ranges.size() - 1, new Unsettled(last.from(), offset, tries));
      } else {
        ranges.add(new Unsettled(offset, offset, tries));
      }
    });
    return new GroupBook(start, through, ranges, delivered, filtered, dead, lost);
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
    long waiting = open.size() - leased - delayed + remembered.size() + (next - cursor);
    return new Standing(next - start, delivered, filtered, dead, lost, waiting, leased, delayed);
  }

  /** The terms of the group's equation. */
  record Standing(
      long captures,
      long delivered,
      long filtered,
      long dead,
      Losses lost,
      long waiting,
      long leased,
      long delayed) {}
}
