package dev.weir.relay.lease;

import dev.weir.relay.lease.GroupBook.Tries;
import dev.weir.relay.store.DeadCapture;
import dev.weir.relay.store.Envelope;
import dev.weir.wire.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the captures of a group's leases end: as their player says, or with the lease running out.
 * What the dead store must know is written there before it is booked.
 */
final class Endings {
  /** A capture whose lease ran out so often with nothing else in it is dead. */
  static final int RUN_OUTS_UNTIL_DEAD = 5;

  private static final Duration LONGEST_DELAY = Duration.ofHours(24);

  private final Account account;
  private final Graves graves;
  private final Leases leases;
  private final Clocks clocks;

  Endings(Account account, Graves graves, Leases leases, Clocks clocks) {
    this.account = account;
    this.graves = graves;
    this.leases = leases;
    this.clocks = clocks;
  }

  /**
   * Books what became of a lease's captures. The same word may come twice. On an ended lease only
   * {@code delivered} counts: the target has it, whoever tries it next.
   *
   * @throws IOException if the dead store refused: what it must know is not booked, and still held;
   *     the rest is, and all of it may be said again
   */
  Settled settle(Lease lease, Settlement settlement) throws IOException {
    if (leases.isLive(lease) && !settlement.singles().stream().allMatch(lease::had)) {
      return Settled.FOREIGN_OFFSET;
    }
    List<Item> delivered = lease.in(settlement.delivered());
    List<Item> filtered = lease.refused(settlement.filtered()); // one that has ended has none
    finish(lease, inBucket(delivered), Fate.DELIVERED);
    finish(lease, inBucket(filtered), Fate.FILTERED);
    try {
      graves.mark(Fate.DELIVERED, delivered);
      finish(lease, delivered, Fate.DELIVERED);
      graves.mark(Fate.FILTERED, filtered);
      finish(lease, filtered, Fate.FILTERED);
      bury(lease, settlement.dead());
    } finally {
      handBack(lease, settlement);
    }
    if (settlement.done() || lease.isOver()) {
      leases.end(lease);
    }
    return Settled.BOOKED;
  }

  private static List<Item> inBucket(List<Item> items) {
    return items.stream().filter(item -> item.grave == null).toList();
  }

  /** Books those that nobody has yet. */
  private void finish(Lease lease, List<Item> items, Fate fate) {
    for (Item item : items) {
      if (!item.settled) {
        book(item, fate);
      }
      // a later lease that has it keeps its session closed until it has spoken or ended
      lease.letGo(item);
    }
  }

  private void handBack(Lease lease, Settlement settlement) {
    lease.in(settlement.released()).forEach(lease::letGo);
    // the last first: each hands back what comes after it in its session
    for (Settlement.Retry retry : latestFirst(settlement.retry())) {
      Item item = lease.held(retry.offset());
      if (item != null) {
        retry(lease, item, retry);
      }
      lease.letGo(retry.offset());
    }
  }

  private static List<Settlement.Retry> latestFirst(List<Settlement.Retry> words) {
    return words.stream()
        .sorted(Comparator.comparingLong(Settlement.Retry::offset).reversed())
        .toList();
  }

  private void retry(Lease lease, Item item, Settlement.Retry word) {
    Duration after = Duration.ofMillis(word.afterMs());
    Duration delay = after.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : after;
    item.due = clocks.nanos() + delay.toNanos();
    item.acquit();
    int attempts = item.tries.attempts() + (word.held() ? 0 : 1);
    item.tries = new Tries(attempts, 0, firstAttempt(item));
    tried(item);
    String lane = item.lane(lease.order);
    if (lane != null) {
      for (Item later : lease.items.tailMap(item.offset, false).values()) {
        if (lane.equals(later.lane(lease.order))) {
          lease.letGo(later);
        }
      }
    }
  }

  /** Of the dead that are tried again no book is kept: after a restart they begin anew. */
  private void tried(Item item) {
    if (item.grave == null) {
      account.tried(item);
    }
  }

  private long firstAttempt(Item item) {
    return item.tries.firstMs() > 0 ? item.tries.firstMs() : clocks.now().toEpochMilli();
  }

  /** Buries first, then books: whoever is buried counts as dead even if the book never hears. */
  private void bury(Lease lease, List<Settlement.Dead> words) throws IOException {
    List<DeadCapture> bodies = new ArrayList<>();
    Map<Long, Item> dying = new TreeMap<>();
    for (Settlement.Dead word : words) {
      Item item = lease.held(word.offset());
      Envelope envelope = item == null ? null : read(item);
      if (item != null && envelope != null && dying.put(item.offset, item) == null) {
        bodies.add(graves.body(item, envelope, word.reason(), word.status(), word.answer()));
      }
    }
    graves.bury(bodies);
    dying.values().forEach(item -> book(item, Fate.DEAD));
    words.forEach(word -> lease.letGo(word.offset()));
  }

  /**
   * Takes back what has run out: each capture is next leased among fewer, and where it was alone
   * already, that counts as an attempt.
   *
   * @throws IOException if the dead could not be buried: they are still held, and tried again
   */
  void takeBack() throws IOException {
    IOException refusal = null;
    for (Lease lease : leases.runOut(clocks.nanos())) {
      try {
        takeBack(lease);
      } catch (IOException e) {
        refusal = e; // the others need not wait for it
      }
    }
    if (refusal != null) {
      throw refusal;
    }
  }

  private void takeBack(Lease lease) throws IOException {
    List<Item> held = lease.held();
    if (lease.isAlone() && !held.isEmpty()) {
      ranOutAlone(held.get(0));
    }
    held.forEach(item -> item.suspect(held.size()));
    leases.end(lease);
  }

  private void ranOutAlone(Item item) throws IOException {
    int runOuts = item.tries.runOuts() + 1;
    int attempts = item.tries.attempts() + 1;
    if (runOuts < RUN_OUTS_UNTIL_DEAD) {
      item.tries = new Tries(attempts, runOuts, firstAttempt(item));
      tried(item);
      return;
    }
    Envelope envelope = read(item);
    if (envelope != null) {
      String reason = "its lease ran out " + runOuts + " times with nothing else in it";
      graves.bury(List.of(graves.body(item, envelope, reason, 0, null)));
      book(item, Fate.DEAD);
    }
  }

  /** The capture itself; null if it is no more, and then it is booked. */
  @Nullable
  Envelope read(Item item) throws IOException {
    return item.grave == null ? account.read(item) : graves.read(item, item.grave);
  }

  private void book(Item item, Fate fate) {
    if (item.grave == null) {
      account.settle(item, fate);
    } else {
      graves.settle(item, item.grave, fate);
    }
  }
}
