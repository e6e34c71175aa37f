package dev.weir.spool;

import dev.weir.capture.RunId;
import dev.weir.durable.CrashPoint;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Append;
import dev.weir.spool.Spool.Run;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.spool.SpoolDirectory.Fate;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of a spool: writes the newest, drops the oldest, and keeps the account. Used under
 * the spool's write lock, but for {@link #account}.
 *
 * <p>What is lost is booked before its file goes; what is truncated is committed before its file
 * goes. Where a full disk allows no commit, not even with the ballast, files go all the same and
 * the next commit books them.
 */
final class SegmentRing {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentRing.class);
  private static final int MOST_RESCUES = 3;

  private final SpoolSettings settings;
  private final InstantSource clock;
  private final SpoolDirectory directory;
  private final DirectoryLock lock;
  private final SqliteReaders readers;
  private final Ballast ballast;
  private final Room room;
  private final DropLog drops;
  private volatile Account account;
  private @Nullable SqliteSegment active;
  private boolean dirty = true;

  /** How often segments were rescued: who read the old file may come upon its damage once more. */
  private final Map<Long, Integer> rescues = new HashMap<>();

  SegmentRing(
      SpoolSettings settings,
      InstantSource clock,
      SpoolDirectory directory,
      DirectoryLock lock,
      SqliteReaders readers,
      Account account) {
    this.settings = settings;
    this.clock = clock;
    this.directory = directory;
    this.lock = lock;
    this.readers = readers;
    this.ballast = new Ballast(directory, settings.ballastBytes());
    this.room = new Room(settings, directory, ballast);
    this.drops = new DropLog(directory, settings);
    this.account = account;
  }

  /** Measures what is there and fills up the ballast. */
  void start() throws IOException {
    lock.opened(account.opened());
    room.measure(account.start());
    restoreBallast();
  }

  /** The latest; any thread may ask. */
  Account account() {
    return account;
  }

  ByteSize used() {
    return new ByteSize(room.used());
  }

  Append append(List<byte[]> frames, Map<String, byte[]> marks, WhenFull whenFull)
      throws IOException {
    if (frames.isEmpty()) {
      book(account.appended(0, 0, marks));
      return new Append.Done(account.next(), account.next() - 1);
    }
    if (!makeRoom(Room.need(frames, marks), whenFull)) {
      return full();
    }
    while (true) {
      try {
        makeSegment();
        long first = account.next();
        commit(frames, account.appended(frames.size(), clock.millis(), marks));
        return new Append.Done(first, account.next() - 1);
      } catch (DiskFullException e) {
        boolean freed = whenFull == WhenFull.DROP_OLDEST && dropOldest(LossReason.EVICTED);
        if (!freed) {
          return full();
        }
      }
    }
  }

  private Append.Full full() {
    return new Append.Full(used(), settings.maxBytes());
  }

  private boolean makeRoom(long need, WhenFull whenFull) throws IOException {
    while (!room.fits(account.start(), need)) {
      if (directory.releaseQuarantined()) {
        room.measure(account.start());
        continue;
      }
      boolean mayDrop = whenFull == WhenFull.DROP_OLDEST && room.couldFit(account.start(), need);
      if (!mayDrop || !dropOldest(LossReason.EVICTED)) {
        return false;
      }
    }
    return true;
  }

  void lose(long count, LossReason reason) {
    publish(account.lost(count, reason));
  }

  void truncate(long position) throws IOException {
    Account before = account;
    if (position <= before.first()) {
      return;
    }
    publish(before.truncated(position, framesBefore(before, position)));
    boolean freed = false;
    for (Part part : before.parts()) {
      if (part.last() >= position) {
        break;
      }
      if (part.live()) {
        directory.doom(part.first(), Fate.UNLINK);
        readers.forget(part.first());
        freed = true;
      }
    }
    if (freed) {
      drops.hasRoom(clock.millis());
      bookIfPossible(account);
      sweep();
    }
  }

  /** How many frames of the segment that holds {@code position} stand before it. */
  private long framesBefore(Account view, long position) throws IOException {
    Part part = view.partAt(position);
    if (part == null) {
      if (view.holes() == 0) {
        return position - view.start();
      }
      return position > view.stored()
          ? view.next() - view.start() - view.holes()
          : framesOnDisk(view.start(), false, position);
    }
    if (!part.live()) {
      return 0;
    }
    return part.hasHoles() ? framesOnDisk(part.first(), true, position) : position - part.first();
  }

  private long framesOnDisk(long segment, boolean sealed, long position) throws IOException {
    return position == segment ? 0 : readers.framesBefore(segment, sealed, position);
  }

  void expire() throws IOException {
    long now = clock.millis();
    if (now - account.created() > settings.segmentAge().toMillis() && !account.isEmpty()) {
      rotate();
    }
    long oldest = now - settings.maxAge().toMillis();
    Part part = account.oldestLive();
    while (part != null && part.newest() < oldest) {
      drop(part, LossReason.EXPIRED);
      part = account.oldestLive();
    }
    restoreBallast();
  }

  private boolean dropOldest(LossReason reason) throws IOException {
    Part oldest = account.oldestLive();
    if (oldest == null) {
      return false;
    }
    ByteSize used = used();
    long waiting = account.waiting();
    drop(oldest, reason);
    drops.drops(waiting - account.waiting(), used, clock.millis());
    return true;
  }

  private void drop(Part part, LossReason reason) throws IOException {
    bookIfPossible(account.dropped(part, reason));
    directory.doom(part.first(), Fate.UNLINK);
    readers.forget(part.first());
    sweep();
  }

  /** Takes a damaged segment, or what cannot be read of it, out of the account. */
  void mend(DamagedException damage) throws IOException {
    Account before = account;
    long segment = damage.segment();
    if (!before.holds(segment)) {
      return;
    }
    readers.forget(segment);
    Part part = before.partAt(segment);
    if (part != null && rescue(damage, part)) {
      return;
    }
    LOG.error("{}; its frames are lost and it goes to quarantine", damage.getMessage());
    if (part == null) {
      if (active != null) {
        active.disconnect();
        active = null;
      }
      Account after = before.rotated(new Run(RunId.random(), before.next()), clock.millis());
      Part broken = after.holds(segment) ? after.partAt(segment) : null;
      publish(broken == null ? after : after.dropped(broken, damage.reason()));
      directory.doom(segment, Fate.QUARANTINE);
    } else {
      directory.doom(segment, Fate.QUARANTINE);
      publish(before.dropped(part, damage.reason()));
    }
    bookIfPossible(account);
    sweep();
  }

  /**
   * Saves what can be read of a sealed segment. What it cannot is booked before the files change
   * places: the other way round, a crash between would leave it in nobody's books.
   */
  private boolean rescue(DamagedException damage, Part part) throws IOException {
    long segment = part.first();
    if (damage.reason() != LossReason.CORRUPT
        || directory.walBytes(segment) > 0
        || !room.fits(account.start(), directory.bytes(segment))
        || rescues.merge(segment, 1, Integer::sum) > MOST_RESCUES) {
      return false;
    }
    long frames = SqliteRescue.rescue(directory, part, account.first(), damage.reason());
    if (frames == 0) {
      return false;
    }
    Account after = account.rescued(part, frames, damage.reason());
    LOG.error("{}; {} of its frames are saved", damage.getMessage(), frames);
    bookIfPossible(after);
    directory.replace(segment);
    readers.forget(segment);
    measure();
    return true;
  }

  /** Commits what must be on disk even if that is full. */
  private void book(Account after) throws IOException {
    try {
      connectOrCreate();
      commit(List.of(), after);
    } catch (DiskFullException e) {
      if (!ballast.free()) {
        throw e;
      }
      LOG.warn("the disk of spool {} is full; gave back the ballast", directory);
      connectOrCreate();
      commit(List.of(), after);
    }
  }

  private void bookIfPossible(Account after) throws IOException {
    try {
      book(after);
    } catch (DiskFullException e) {
      LOG.debug("booked in memory only: {}", e.getMessage());
      publish(after);
    }
  }

  private void commit(List<byte[]> frames, Account after) throws IOException {
    SqliteSegment segment = connectOrCreate();
    segment.commit(frames, clock.millis(), after);
    account = segment.committed();
    dirty = false;
    if (segment.logged() >= settings.checkpointBytes()) {
      segment.checkpoint();
    }
    room.grown(account.start());
    sweep();
  }

  private void publish(Account after) {
    account = after;
    dirty = true;
  }

  private void sweep() {
    if (directory.sweep()) {
      measure();
    }
  }

  private void measure() {
    try {
      room.measure(account.start());
    } catch (IOException e) {
      LOG.debug("cannot look into {}: {}", directory, e.getMessage());
    }
  }

  /** Sees to it that there is a segment to append to, and that it is not full. */
  private void makeSegment() throws IOException {
    connectOrCreate();
    if (!account.isEmpty() && directory.bytes(account.start()) >= settings.segmentBytes()) {
      rotate();
    }
  }

  private SqliteSegment connectOrCreate() throws IOException {
    SqliteSegment segment = active;
    if (segment == null) {
      segment = create(account);
      active = segment;
      account = segment.committed();
      lock.opened(account.opened());
      measure();
    }
    return segment;
  }

  private SqliteSegment create(Account first) throws IOException {
    return SqliteSegment.create(directory, first, settings.segmentBytes() / 2);
  }

  private void rotate() throws IOException {
    SqliteSegment before = connectOrCreate();
    if (!account.pending().isEmpty()) {
      commit(List.of(), account);
    }
    Account sealed = account;
    before.checkpoint();
    SqliteSegment after = create(sealed.rotated(sealed.run(), clock.millis()));
    active = after;
    readers.seal(sealed.start());
    before.disconnect();
    account = after.committed();
    dirty = false;
    if (!account.holds(sealed.start())) {
      directory.doom(sealed.start(), Fate.UNLINK);
    }
    sweep();
    measure();
    directory.disk().reach(CrashPoint.SEGMENT_SEALED);
  }

  private void restoreBallast() {
    if (ballast.missing() > 0 && room.hasBallastRoom()) {
      try {
        ballast.restore();
      } catch (IOException e) {
        LOG.debug("no ballast in {} yet: {}", directory, e.getMessage());
      }
      measure();
    }
  }

  /** Commits what is only in memory and closes the segment. */
  void close() throws IOException {
    drops.end();
    try {
      if (dirty) {
        book(account);
      }
    } finally {
      if (active != null) {
        active.checkpoint();
        active.disconnect();
        active = null;
      }
    }
  }
}
