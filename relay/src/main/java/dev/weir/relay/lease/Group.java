package dev.weir.relay.lease;

import dev.weir.capture.CaptureId;
import dev.weir.relay.store.DeadRow;
import dev.weir.relay.store.DeadRow.Place;
import dev.weir.relay.store.Envelope;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import dev.weir.unit.GroupName;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.LeasedCapture;
import dev.weir.wire.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a bucket, shared by its players: who holds what, until when, in what order. Leases
 * live in memory over a durable book: a restart repeats what was leased and not settled. Its
 * bucket's loop alone may call.
 */
public final class Group {
  /**
   * A group unheard of for so long holds nothing back; not sooner after a start, as players could
   * not ask while the relay was off.
   */
  public static final Duration SILENT_AFTER = Duration.ofHours(24);

  /** A group unheard of for so long keeps nothing read. */
  private static final Duration REST_AFTER = Duration.ofSeconds(30);

  private final GroupName name;
  private final Account account;
  private final Graves graves;
  private final Clocks clocks;
  private final Leases leases = new Leases();
  private final Endings endings;
  private final long opened;
  private long heard;
  private boolean readsOn;

  /** No lease has this number. */
  public static final long NO_LEASE = 0;

  /** A lease has no more bytes beyond its first capture, whatever is asked for. */
  public static final ByteSize MOST_BYTES = ByteSize.ofMegabytes(16);

  /** Captures that are a lease, or have been added to one. */
  public record Grant(long lease, List<LeasedCapture> captures) {
    public long bytes() {
      return captures.stream().mapToLong(capture -> capture.bytes().length).sum();
    }

    /** The word of a player that is gone before it could take them. */
    public Settlement handBack() {
      List<Settlement.Range> all = captures.stream()
          .map(capture -> new Settlement.Range(capture.offset(), capture.offset()))
          .toList();
      return new Settlement(List.of(), List.of(), List.of(), List.of(), all, false);
    }
  }

  private Group(GroupName name, Account account, Graves graves, Clocks clocks) {
    this.name = name;
    this.account = account;
    this.graves = graves;
    this.clocks = clocks;
    this.endings = new Endings(account, graves, leases, clocks);
    this.opened = clocks.nanos();
    long now = clocks.now().toEpochMilli();
    this.heard = opened - account.manner().unheard(now).toNanos();
    if (account.manner().heardMs() == 0) {
      account.treat(account.manner().heard(now));
    }
  }

  /** A new group, from {@code position} on. */
  public static Group starting(
      GroupName name, long position, Spool spool, Graveyard yard, Clocks clocks) {
    Account account = Account.starting(position, new Frames(spool));
    return new Group(name, account, new Graves(name, yard, Map.of(), account, clocks), clocks);
  }

  /** A group as its mark and the dead store have it. */
  public static Group reopened(
      GroupName name, byte[] mark, Spool spool, Graveyard yard, Clocks clocks) throws IOException {
    Map<CaptureId, Place> rows = yard.index(name);
    Account account =
        new Account(GroupBook.decode(mark), rows, yard.store().missing(), new Frames(spool));
    return new Group(name, account, new Graves(name, yard, rows, account, clocks), clocks);
  }

  /**
   * This group under another name.
   *
   * @throws IllegalStateException if somebody has asked for it already
   */
  public Group renamed(GroupName other, Graveyard yard) {
    if (isAsked()) {
      throw new IllegalStateException("group \"" + name + "\" is somebody's");
    }
    account.treat(account.manner().heard(clocks.now().toEpochMilli()));
    account.touch();
    return new Group(other, account, new Graves(other, yard, Map.of(), account, clocks), clocks);
  }

  public GroupName name() {
    return name;
  }

  /** A player is there, even if there is nothing for it. */
  public void hear() {
    heard = clocks.nanos();
    account.treat(account.manner().asked(clocks.now().toEpochMilli()));
  }

  /** The first position that is its business. */
  public long start() {
    return account.start();
  }

  /** Whether a player has ever asked for it. */
  public boolean isAsked() {
    return account.manner().asked();
  }

  /**
   * Leases what may be leased now; null if there is nothing.
   *
   * @param number a number that no lease of this relay process has, for a new one
   * @param onto what was never leased before is added to this lease, and may go on with its
   *     sessions; where it has ended, or something else comes first, that is a lease of its own
   */
  public @Nullable Grant lease(long number, LeaseRequest request, long onto) throws IOException {
    readsOn = false;
    hear();
    if (isPaused()) {
      return null;
    }
    graves.load();
    Suspects suspects =
        new Suspects(request.order(), clocks.nanos(), leases.live(), graves.open(), account.open());
    Picking picking = new Picking(request, clocks, leases.live(), leases.live(onto), suspects);
    for (Item item : List.copyOf(graves.open())) {
      if (picking.isHalfFull()) {
        break;
      }
      offer(item, picking);
    }
    for (Item item : List.copyOf(account.open())) {
      if (picking.isFull()) {
        break;
      }
      offer(item, picking);
    }
    meet(picking);
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
        request.order(),
        picking.items(),
        clocks.nanos() + Duration.ofMillis(request.leaseMs()).toNanos()));
    return new Grant(number, picking.captures());
  }

  /** Offers what was not met before: no more than a lease can hold, though all of it must wait. */
  private void meet(Picking picking) throws IOException {
    long most = account.metBytes() + MOST_BYTES.bytes();
    for (int met = 0; !picking.isFull() && !picking.isClosed(); met++) {
      if (met == Picking.MOST || account.metBytes() >= most) {
        readsOn = true;
        return;
      }
      Item item = account.meet();
      if (item == null) {
        return;
      }
      offer(item, picking);
    }
  }

  /** Whether the last {@link #lease} left off before it had met all that there is. */
  public boolean readsOn() {
    return readsOn;
  }

  private void offer(Item item, Picking picking) throws IOException {
    if (!item.settled && picking.wants(item)) {
      Envelope envelope = endings.read(item);
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

  /** Books what became of a lease's captures: {@link Endings#settle}. */
  public Settled settle(long number, Settlement settlement) throws IOException {
    Lease lease = leases.find(number);
    if (lease == null) {
      return Settled.UNKNOWN_LEASE;
    }
    hear();
    return endings.settle(lease, settlement);
  }

  /**
   * Takes back what has run out.
   *
   * @throws IOException if the dead could not be buried: they are still held, and tried again
   */
  public void step() throws IOException {
    if (clocks.nanos() - heard > REST_AFTER.toNanos()) {
      account.rest();
    }
    endings.takeBack();
  }

  /** Books what the bucket has lost in front of this group. */
  public void lose(Gap gap) {
    account.lose(gap);
  }

  /** The dead store dropped one of this group's dead. */
  public void loseDead(CaptureId id) {
    graves.lose(id);
  }

  /** The dead store was damaged, and is another now. */
  public void recountDead() throws IOException {
    graves.recount();
  }

  /** Whether it leases nothing, because somebody said so. */
  public boolean isPaused() {
    return account.manner().pausedMs() != null;
  }

  /** Leases nothing until it is resumed; what is leased goes on. Durable once saved. */
  public void pause() {
    if (!isPaused()) {
      account.treat(account.manner().paused(clocks.now().toEpochMilli()));
    }
  }

  public void resume() {
    account.treat(account.manner().paused(null));
  }

  /** How many captures {@link #rewind} would bring back. */
  public long behind(long position) throws IOException {
    return account.behind(position, graves.rows());
  }

  /**
   * Goes back: leases all from {@code position} on once more, save the dead. Every lease ends.
   *
   * @param position one that the spool still has
   */
  public void rewind(long position) throws IOException {
    account.rewind(position, graves.rows());
    graves.rewind(position);
    List.copyOf(leases.live()).forEach(leases::end);
  }

  /** How many captures {@link #purge} would give up. */
  public long purgeable(long end) {
    return account.purgeable(end);
  }

  /** Gives up what is before {@code end}, save what is with a player; how many. */
  public long purge(long end) {
    return account.purge(end);
  }

  /** Some of its dead are due now. */
  public void redrive() {
    graves.wake();
  }

  /** Whether one of its dead can be given up: it counts as dead, and no player has it. */
  public boolean isFree(DeadRow row) {
    return graves.isFree(row);
  }

  /** Gives dead up that are {@link #isFree}. */
  public void purgeDead(List<DeadRow> rows) throws IOException {
    graves.purge(rows);
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
    graves.saved();
  }

  /** Removes the rows of the dead that the book, as saved, counts as dead no more. */
  public void sweep() throws IOException {
    graves.sweep();
  }

  /** The first position that the spool must keep for this group, a restart included. */
  public long needs() {
    return account.lowest();
  }

  /** Unheard of for so long that it holds nothing back; a group that is paused never is. */
  public boolean isSilent() {
    long now = clocks.nanos();
    return !isPaused()
        && now - heard > SILENT_AFTER.toNanos()
        && now - opened > SILENT_AFTER.toNanos();
  }

  /** How long nothing will happen here by itself; null: for ever. */
  public @Nullable Duration idle() {
    long now = clocks.nanos();
    Long soonest = null;
    for (Lease lease : leases.live()) {
      soonest = sooner(soonest, lease.until - now);
    }
    for (Collection<Item> items : List.of(account.open(), graves.open())) {
      for (Item item : items) {
        Long due = item.due;
        if (due != null && item.lease == null && item.isDelayed(now)) {
          soonest = sooner(soonest, due - now);
        }
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
    Counts counts = standing.counts();
    Long paused = account.manner().pausedMs();
    return new GroupView(
        name,
        account.start(),
        standing.captures(),
        counts.rewound(),
        counts.delivered(),
        counts.filtered(),
        counts.dead(),
        counts.lost(),
        standing.waiting(),
        standing.leased(),
        standing.delayed(),
        account.lowest(),
        leases.live().size(),
        account.isFull(),
        Duration.ofNanos(now - heard),
        isSilent(),
        paused == null ? null : Math.max(0, clocks.now().toEpochMilli() - paused));
  }
}
