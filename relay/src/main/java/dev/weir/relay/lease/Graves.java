package dev.weir.relay.lease;

import dev.weir.capture.CaptureId;
import dev.weir.capture.MalformedException;
import dev.weir.ledger.LossReason;
import dev.weir.relay.lease.GroupBook.Tries;
import dev.weir.relay.lease.Item.Grave;
import dev.weir.relay.store.DeadCapture;
import dev.weir.relay.store.DeadId;
import dev.weir.relay.store.DeadRow;
import dev.weir.relay.store.DeadRow.Place;
import dev.weir.relay.store.DeadRow.State;
import dev.weir.relay.store.Envelope;
import dev.weir.unit.GroupName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The dead of one group. A capture is buried before the book says so; the dead that are due are
 * opened a few at a time, and tried in place: their rows stay until the book has said what became
 * of them.
 *
 * <pre>
 *   resting ─▶ due ─▶ open ─▶ gone, by its fate ─▶ the book is committed ─▶ removed
 *      ▲                 │
 *      └──── dead again ─┘
 * </pre>
 */
final class Graves {
  /** So many due captures are open at once; the others wait in the store. */
  static final int MAX_OPEN = 1_000;

  private static final int CHUNK = 100;

  private final GroupName name;
  private final Graveyard yard;
  private final Account account;
  private final Clocks clocks;
  private final NavigableMap<Long, Item> open = new TreeMap<>();

  /** Rows that are gone, and the book does not say so yet. */
  private final Set<DeadId> leaving = new HashSet<>();

  /** Rows that are gone by the book too. */
  private final Set<DeadId> left = new HashSet<>();

  private boolean more = true; // the store may have due rows that are not open
  private boolean passed; // one of them was not to be opened yet
  private long after;

  /** @param rows those of the group in the store */
  Graves(
      GroupName name, Graveyard yard, Map<CaptureId, Place> rows, Account account, Clocks clocks) {
    this.name = name;
    this.yard = yard;
    this.account = account;
    this.clocks = clocks;
    rows.forEach((id, place) -> {
      if (place.state().isGone()) {
        leaving.add(new DeadId(name, id)); // the account has taken note
      }
    });
  }

  /** Those of the group in the store. */
  Map<CaptureId, Place> rows() throws IOException {
    return yard.store().index(name);
  }

  /** The due captures that are open, in order. */
  Collection<Item> open() {
    return open.values();
  }

  /** Opens some of those that are due. */
  void load() throws IOException {
    if (!more || open.size() > MAX_OPEN - CHUNK) {
      return;
    }
    List<DeadRow> rows = yard.store().read(name, State.DUE, after, CHUNK);
    for (DeadRow row : rows) {
      after = row.number();
      long offset = row.capture().offset();
      if (!account.isDead(offset)) {
        passed = true;
      } else if (!open.containsKey(offset)) {
        open.put(offset, item(row));
      }
    }
    if (rows.isEmpty()) {
      more = passed;
      passed = false;
      after = 0;
    }
  }

  private static Item item(DeadRow row) {
    DeadCapture dead = row.capture();
    String session;
    try {
      session = Envelope.sessionOf(dead.capture());
    } catch (MalformedException e) {
      session = dead.id().toString(); // it was leased once: let its player judge
    }
    Grave grave = new Grave(row.number(), dead.id(), dead.attempts());
    Item item = new Item(dead.offset(), session, Tries.NONE, grave);
    item.leased = true; // before it died
    return item;
  }

  /** There are due captures that were not before. */
  void wake() {
    more = true;
    after = 0;
  }

  /** The capture of an open one; null if its row is no more. */
  @Nullable
  Envelope read(Item item, Grave grave) throws IOException {
    List<DeadRow> rows = yard.store().read(name, State.DUE, grave.number() - 1, 1);
    if (rows.isEmpty() || !rows.get(0).capture().id().equals(grave.id())) {
      close(item);
      account.loseDead(grave.id(), yard.store().missing());
      return null;
    }
    DeadCapture dead = rows.get(0).capture();
    return new Envelope(dead.id(), dead.died().toEpochMilli(), dead.capture());
  }

  /** Writes who is dead, for the first time or again. */
  void bury(List<DeadCapture> bodies) throws IOException {
    if (!bodies.isEmpty()) {
      yard.bury(bodies);
    }
  }

  DeadCapture body(
      Item item, Envelope envelope, String reason, int status, byte @Nullable [] answer) {
    Grave grave = item.grave;
    return new DeadCapture(
        name,
        envelope.id(),
        item.offset,
        clocks.now(),
        reason,
        item.tries.attempts() + 1 + (grave == null ? 0 : grave.attempts()),
        status,
        answer,
        envelope.capture());
  }

  /** Writes that open ones are dead no more. To be followed by {@link #settle}. */
  void mark(Fate fate, Collection<Item> items) throws IOException {
    List<DeadId> keys = new ArrayList<>();
    for (Item item : items) {
      Grave grave = item.grave;
      if (grave != null && !item.settled) {
        keys.add(new DeadId(name, grave.id()));
      }
    }
    yard.store().mark(fate.state, keys);
  }

  /** Books what became of an open one. */
  void settle(Item item, Grave grave, Fate fate) {
    close(item);
    if (fate != Fate.DEAD) {
      leaving.add(new DeadId(name, grave.id()));
      account.raise(fate.state, 1);
    }
  }

  /** Gives dead captures up that are {@link #isFree}. */
  void purge(List<DeadRow> rows) throws IOException {
    List<DeadId> keys = rows.stream().map(DeadRow::id).toList();
    yard.store().mark(State.PURGED, keys);
    for (DeadRow row : rows) {
      Item item = open.get(row.capture().offset());
      if (item != null) {
        close(item);
      }
    }
    leaving.addAll(keys);
    account.raise(State.PURGED, keys.size());
  }

  /** Whether it can be given up: it counts as dead, and no player has it. */
  boolean isFree(DeadRow row) {
    Item item = open.get(row.capture().offset());
    return account.isDead(row.capture().offset()) && (item == null || item.lease == null);
  }

  /** A row made room for another. */
  void lose(CaptureId id) {
    open.values().stream()
        .filter(item -> item.grave != null && item.grave.id().equals(id))
        .findFirst()
        .ifPresent(this::close);
    account.loseDead(id, LossReason.EVICTED);
  }

  /** The store was damaged: books those that are there no more. */
  void recount() throws IOException {
    Map<CaptureId, Place> rows = rows();
    for (Item item : List.copyOf(open.values())) {
      if (item.grave != null && !rows.containsKey(item.grave.id())) {
        close(item);
      }
    }
    account.loseDead(rows, yard.store().missing());
  }

  /** What is from {@code position} on is to be met again first. */
  void rewind(long position) {
    for (Item item : List.copyOf(open.tailMap(position, true).values())) {
      close(item);
    }
    wake();
  }

  private void close(Item item) {
    open.remove(item.offset);
    item.settled = true;
  }

  /** The book is committed. Where rows cannot be removed, they go another time. */
  void saved() {
    left.addAll(leaving);
    leaving.clear();
  }

  void sweep() throws IOException {
    yard.store().remove(left);
    left.clear();
  }
}
