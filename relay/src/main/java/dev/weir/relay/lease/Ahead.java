package dev.weir.relay.lease;

import dev.weir.capture.CaptureId;
import dev.weir.relay.lease.GroupBook.Tries;
import dev.weir.relay.lease.GroupBook.Unsettled;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a group has still to meet: all from its cursor on, and before it what it remembers as
 * unsettled from before a restart or a rewind.
 *
 * <pre>
 *   start … met … remembered … met … cursor … not met … next
 *   after a rewind:                  cursor … to be met again, remembered … high … not met … next
 * </pre>
 */
final class Ahead {
  /** Unsettled by the book, and not met again since the bucket was opened or rewound. */
  private final NavigableMap<Long, Tries> remembered = new TreeMap<>();

  /** In the dead store, but not counted as dead before they are met. */
  private final NavigableMap<Long, CaptureId> buried = new TreeMap<>();

  private long cursor;
  private long high;

  /**
   * What was passed over without being met.
   *
   * @param dead counted as dead from now on
   * @param again settled before a rewind, and to be counted once only
   * @param lost the rest
   */
  record Passed(long dead, long again, long lost) {
    static final Passed NOTHING = new Passed(0, 0, 0);

    boolean isNothing() {
      return equals(NOTHING);
    }

    private Passed plus(Passed more) {
      return new Passed(dead + more.dead, again + more.again, lost + more.lost);
    }
  }

  Ahead(GroupBook book) {
    cursor = book.through() + 1;
    high = book.high();
    for (Unsettled range : book.unsettled()) {
      for (long offset = range.from(); offset <= range.through(); offset++) {
        remembered.put(offset, range.tries());
      }
    }
  }

  /** From here on nothing was met, or all is to be met again. */
  long cursor() {
    return cursor;
  }

  /** Everything before it was settled once already, save what is unsettled. */
  long high() {
    return high;
  }

  NavigableMap<Long, Tries> remembered() {
    return remembered;
  }

  /** What comes next: the first that is remembered, or what stands at the cursor. */
  long first() {
    return remembered.isEmpty() ? cursor : Math.min(cursor, remembered.firstKey());
  }

  boolean holds(long offset) {
    return offset >= cursor || remembered.containsKey(offset);
  }

  /** How many there are before {@code end}, a position from the cursor on or before it. */
  long before(long end) {
    return Math.max(0, end - cursor) + remembered.headMap(Math.min(end, cursor)).size();
  }

  /** How many from {@code position} up to the cursor are not ahead. */
  long behind(long position) {
    return cursor - position - remembered.subMap(position, cursor).size();
  }

  /** Meets what comes first; how often it was tried before. */
  Tries meet() {
    long at = first();
    Tries tries = remembered.remove(at);
    cursor = Math.max(cursor, at + 1);
    return tries == null ? Tries.NONE : tries;
  }

  /** It will be dead once it is met. */
  void bury(long offset, CaptureId id) {
    buried.put(offset, id);
  }

  boolean isBuried(long offset) {
    return buried.containsKey(offset);
  }

  /** Whether it was buried; it no longer is. */
  boolean unearth(long offset, CaptureId id) {
    return buried.remove(offset, id);
  }

  /** The same, wherever it stands. */
  boolean unearth(CaptureId id) {
    return buried.values().remove(id);
  }

  /** Whoever is in no grave any more is met as if it had never been. */
  void exhumeAllBut(Set<CaptureId> there) {
    buried.values().retainAll(there);
  }

  /** Passes over what is ahead from one position through another, if all before that is met. */
  Passed pass(long from, long last) {
    Passed passed = passRemembered(from, Math.min(last, cursor - 1));
    return from <= cursor && last >= cursor ? passed.plus(passOn(last)) : passed;
  }

  private Passed passRemembered(long from, long last) {
    if (last < from) {
      return Passed.NOTHING;
    }
    NavigableMap<Long, Tries> gone = remembered.subMap(from, true, last, true);
    long count = gone.size();
    long dead =
        gone.keySet().stream().filter(offset -> buried.remove(offset) != null).count();
    gone.clear();
    return new Passed(dead, 0, count - dead);
  }

  private Passed passOn(long last) {
    NavigableMap<Long, CaptureId> bodies = buried.subMap(cursor, true, last, true);
    NavigableMap<Long, Tries> unsettled = remembered.subMap(cursor, true, last, true);
    bodies.keySet().forEach(unsettled::remove);
    long again = Math.max(0, Math.min(last + 1, high) - cursor)
        - unsettled.size()
        - bodies.keySet().stream().filter(offset -> offset < high).count();
    long dead = bodies.size();
    long lost = last + 1 - cursor - again - dead;
    bodies.clear();
    unsettled.clear();
    cursor = last + 1;
    return new Passed(dead, again, lost);
  }

  /** Goes back to {@code position}: all from there on is ahead again. */
  void rewind(long position, Map<Long, Tries> unsettled) {
    remembered.putAll(unsettled);
    high = Math.max(high, cursor);
    cursor = position;
  }
}
