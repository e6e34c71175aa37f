package dev.weir.relay.lease;

import dev.weir.capture.CaptureId;
import dev.weir.capture.MalformedException;
import dev.weir.relay.lease.Account.Fate;
import dev.weir.relay.lease.GroupBook.Tries;
import dev.weir.relay.store.DeadCapture;
import dev.weir.relay.store.Envelope;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.GroupName;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a bucket, shared by its players: who holds what, until when, in what order. Leases
 * live in memory over a durable book: a restart repeats what was leased and not settled. Its
 * bucket's loop alone may call.
 */
public final class Group {
  /** A group unheard of for so long holds nothing back. */
  public static final Duration SILENT_AFTER = Duration.ofHours(24);

  /** A capture whose lease ran out so often with nothing else in it is dead. */
  static final int RUN_OUTS_UNTIL_DEAD = 5;

  /** A group unheard of for so long keeps nothing read. */
  private static final Duration REST_AFTER = Duration.ofSeconds(30);

  private static final Duration LONGEST_DELAY = Duration.ofHours(24);

  private final GroupName name;
  private final Account account;
  private final Cemetery cemetery;
  private final Clocks clocks;
  private final Leases leases = new Leases();
  private long heard;

  /** Where a group's dead go. */
  public interface Cemetery {
    /** Durable on return; one that is there already stays as it is. */
    void bury(List<DeadCapture> dead) throws IOException;
  }

  /** No lease has this number. */
  public static final long NO_LEASE = 0;

  /** Captures that are a lease, or have been added to one. */
  public record Grant(long lease, List<LeasedCapture> captures) {
    /** The word of a player that is gone before it could take them. */
    public Settlement handBack() {
      List<Settlement.Range> all = captures.stream()
          .map(capture -> new Settlement.Range(capture.offset(), capture.offset()))
          .toList();
      return new Settlement(List.of(), List.of(), List.of(), List.of(), all, false);
    }
  }

  private Group(GroupName name, Account account, Cemetery cemetery, Clocks clocks) {
    this.name = name;
    this.account = account;
    this.cemetery = cemetery;
    this.clocks = clocks;
    this.heard = clocks.nanos();
  }

  /** A new group, from {@code position} on. */
  public static Group starting(
      GroupName name, long position, Spool spool, Cemetery cemetery, Clocks clocks) {
    Account account = Account.starting(position, new Frames(spool));
    return new Group(name, account, cemetery, clocks);
  }

  /**
   * A group as its mark has it.
   *
   * @param dead who stands in the dead bucket for it, and where in the bucket each stood
   */
  public static Group reopened(
      GroupName name,
      byte[] mark,
      Map<CaptureId, Long> dead,
      Spool spool,
      Cemetery cemetery,
      Clocks clocks)
      throws MalformedException {
    Account account = new Account(GroupBook.decode(mark), dead, new Frames(spool));
    return new Group(name, account, cemetery, clocks);
  }

  public GroupName name() {
    return name;
  }

  /** A player is there, even if there is nothing for it. */
  public void hear() {
    heard = clocks.nanos();
  }

  /**
   * Leases what may be leased now; null if there is nothing.
   *
   * @param number a number that no lease of this relay process has, for a new one
   * @param onto what was never leased before is added to this lease, and may go on with its
   *     sessions; where it has ended, or something else comes first, that is a lease of its own
   */
  public @Nullable Grant lease(long number, LeaseRequest request, long onto) throws IOException {
    hear();
    Picking picking = new Picking(request, clocks, leases.live(), leases.live(onto));
    for (Item item : List.copyOf(account.open())) {
      if (picking.isFull()) {
        break;
      }
      offer(item, picking);
    }
    while (!picking.isFull()) {
      Item met = account.meet();
      if (met == null) {
        break;
      }
      offer(met, picking);
    }
    if (picking.items().isEmpty()) {
      return null;
    }
    Lease grown = picking.onto();
    if (grown != null) {
      grown.add(picking.items());
      return new Grant(onto, picking.captures());
    }
    leases.add(new Lease(
        number,
        request.player(),
        request.order(),
        picking.items(),
        clocks.nanos() + Duration.ofMillis(request.leaseMs()).toNanos()));
    return new Grant(number, picking.captures());
  }

  private void offer(Item item, Picking picking) throws IOException {
    if (!item.settled && picking.wants(item)) {
      Envelope envelope = account.read(item);
      if (envelope != null) {
        picking.take(item, envelope);
      }
    }
  }

  /** Whether the lease still ran; if so it runs for {@code length} from now. */
  public boolean extend(long number, Duration length) {
    Lease lease = leases.find(number);
    if (lease == null || !leases.isLive(lease)) {
      return false;
    }
    hear();
    lease.until = clocks.nanos() + length.toNanos();
    return true;
  }

  /**
   * Books what became of a lease's captures. The same word may come twice. On an ended lease only
   * {@code delivered} counts: the target has it, whoever tries it next.
   *
   * @throws IOException if the dead could not be buried: nothing changed
   */
  public Settled settle(long number, Settlement settlement) throws IOException {
    Lease lease = leases.find(number);
    if (lease == null) {
      return Settled.UNKNOWN_LEASE;
    }
    boolean live = leases.isLive(lease);
    if (live && !settlement.singles().stream().allMatch(lease::had)) {
      return Settled.FOREIGN_OFFSET;
    }
    hear();
    if (live) {
      bury(lease, settlement.dead());
    }
    for (Settlement.Range range : settlement.delivered()) {
      for (Item item : lease.in(range)) {
        deliver(lease, item);
      }
    }
    if (live) {
      settleLive(lease, settlement);
    }
    return Settled.BOOKED;
  }

  private void deliver(Lease lease, Item item) {
    if (!item.settled) {
      account.settle(item, Fate.DELIVERED);
    }
    // a later lease that has it keeps its session closed until it has spoken or ended
    lease.letGo(item);
  }

  private void settleLive(Lease lease, Settlement settlement) {
    for (Settlement.Refusal refusal : settlement.filtered()) {
      Item item = lease.held(refusal.offset());
      if (item != null) {
        account.settle(item, Fate.FILTERED);
      }
      lease.letGo(refusal.offset());
    }
    for (Settlement.Range range : settlement.released()) {
      lease.in(range).forEach(lease::letGo);
    }
    for (Settlement.Retry retry : settlement.retry()) {
      Item item = lease.held(retry.offset());
      if (item != null) {
        retry(lease, item, retry);
      }
      lease.letGo(retry.offset());
    }
    if (settlement.done() || lease.isOver()) {
      leases.end(lease);
    }
  }

  private void retry(Lease lease, Item item, Settlement.Retry word) {
    Duration after = Duration.ofMillis(word.afterMs());
    Duration delay = after.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : after;
    item.due = clocks.nanos() + Math.max(0, delay.toNanos());
    item.alone = false;
    int attempts = item.tries.attempts() + (word.held() ? 0 : 1);
    item.tries = new Tries(attempts, 0, firstAttempt(item));
    account.tried(item);
    String lane = item.lane(lease.order);
    if (lane != null) {
      for (Item later : lease.items.tailMap(item.offset, false).values()) {
        if (lane.equals(later.lane(lease.order))) {
          lease.letGo(later);
        }
      }
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
      Envelope envelope = item == null ? null : account.read(item);
      if (item != null && envelope != null && dying.put(item.offset, item) == null) {
        int attempts = item.tries.attempts() + 1;
        bodies.add(new DeadCapture(
            name,
            envelope.id(),
            item.offset,
            clocks.now(),
            word.reason(),
            attempts,
            word.status(),
            word.answer(),
            envelope.capture()));
      }
    }
    if (!bodies.isEmpty()) {
      cemetery.bury(bodies);
    }
    dying.values().forEach(item -> account.settle(item, Fate.DEAD));
    words.forEach(word -> lease.letGo(word.offset()));
  }

  /**
   * Takes back what has run out: each capture is next leased alone, and where it was alone already,
   * that counts as an attempt.
   *
   * @throws IOException if the dead could not be buried: they are still held, and tried again
   */
  public void step() throws IOException {
    if (clocks.nanos() - heard > REST_AFTER.toNanos()) {
      account.rest();
    }
    for (Lease lease : leases.runOut(clocks.nanos())) {
      List<Item> held = lease.held();
      if (lease.isAlone() && !held.isEmpty()) {
        ranOutAlone(held.get(0));
      }
      held.forEach(item -> item.alone = true);
      leases.end(lease);
    }
  }

  private void ranOutAlone(Item item) throws IOException {
    int runOuts = item.tries.runOuts() + 1;
    int attempts = item.tries.attempts() + 1;
    if (runOuts < RUN_OUTS_UNTIL_DEAD) {
      item.tries = new Tries(attempts, runOuts, firstAttempt(item));
      account.tried(item);
      return;
    }
    Envelope envelope = account.read(item);
    if (envelope != null) {
      cemetery.bury(List.of(new DeadCapture(
          name,
          envelope.id(),
          item.offset,
          clocks.now(),
          "its lease ran out " + runOuts + " times with nothing else in it",
          attempts,
          0,
          null,
          envelope.capture())));
      account.settle(item, Fate.DEAD);
    }
  }

  /** Books what the bucket has lost in front of this group. */
  public void lose(Gap gap) {
    account.lose(gap);
  }

  /** The dead bucket dropped some of this group's dead. */
  public void loseDead(long count) {
    account.loseDead(count);
  }

  /** Whether its mark must be committed. */
  public boolean isChanged() {
    return account.isChanged();
  }

  /** The mark to commit; null: as last {@link #saved}. */
  public byte @Nullable [] unsaved() {
    return account.isChanged() ? account.book().encode() : null;
  }

  public void saved() {
    account.saved();
  }

  /** The first position that the spool must keep for this group, a restart included. */
  public long needs() {
    return account.lowest();
  }

  public boolean isSilent() {
    return clocks.nanos() - heard > SILENT_AFTER.toNanos();
  }

  /** How long nothing will happen here by itself; null: for ever. */
  public @Nullable Duration idle() {
    long now = clocks.nanos();
    Long soonest = null;
    for (Lease lease : leases.live()) {
      soonest = sooner(soonest, lease.until - now);
    }
    for (Item item : account.open()) {
      Long due = item.due;
      if (due != null && item.lease == null && item.isDelayed(now)) {
        soonest = sooner(soonest, due - now);
      }
    }
    return soonest == null ? null : Duration.ofNanos(Math.max(0, soonest));
  }

  private static Long sooner(@Nullable Long one, long other) {
    return one == null ? other : Math.min(one, other);
  }

  /** @param next the position that the bucket's next capture will get */
  public GroupView view(long next) {
    long now = clocks.nanos();
    Account.Standing standing = account.standing(next, now);
    return new GroupView(
        name,
        standing.captures(),
        standing.delivered(),
        standing.filtered(),
        standing.dead(),
        standing.lost(),
        standing.waiting(),
        standing.leased(),
        standing.delayed(),
        account.lowest(),
        leases.live().size(),
        account.isFull(),
        Duration.ofNanos(now - heard),
        isSilent());
  }
}
