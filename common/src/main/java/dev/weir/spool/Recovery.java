package dev.weir.spool;

import dev.weir.capture.RunId;
import dev.weir.durable.CrashPoint;
import dev.weir.ledger.LossReason;
import dev.weir.spool.DirectoryLock.Opened;
import dev.weir.spool.Spool.Run;
import dev.weir.spool.SpoolDirectory.Fate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an opening finds: reads the account in the newest segment that can be read, and books what
 * is missing since. Writes nothing but the newest segment's own write-ahead log.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final int MOST_ATTEMPTS = 3;

  private final SpoolDirectory directory;
  private final SqliteReaders readers;
  private final List<Opened> runs;
  private final Map<RunId, Long> numbered;
  private final long now;
  private final List<Long> damaged = new ArrayList<>();
  private LossReason damage = LossReason.CORRUPT;

  /**
   * @param runs what is known, beside the segments, of those that were opened, oldest first
   * @param numbered the last number that each run is known to have given
   */
  Recovery(
      SpoolDirectory directory,
      SqliteReaders readers,
      List<Opened> runs,
      Map<RunId, Long> numbered,
      long now) {
    this.directory = directory;
    this.readers = readers;
    this.runs = runs;
    this.numbered = numbered;
    this.now = now;
  }

  /** The account to go on with, in a new run, its active segment not made yet. */
  Account account() throws IOException {
    directory.delete(directory.unfinished());
    directory.delete(directory.rescued());
    NavigableSet<Long> files = directory.segments();
    Account newest = newest(files);
    Account account = tail(newest.rotated(newest.run(), now), newest.run());
    account = missing(account, files);
    account = account.rotated(new Run(RunId.random(), account.next()), now);
    for (long file : files) {
      doomUnlessHeld(account, file);
    }
    return account;
  }

  private Account newest(NavigableSet<Long> files) throws IOException {
    for (long first : files.descendingSet()) {
      Path file = directory.segment(first);
      try {
        Optional<Account> account = recover(file);
        directory.disk().reach(CrashPoint.LOG_RECOVERED);
        if (account.isPresent()) {
          return account.get();
        }
        LOG.info("{} was never finished; deleting it", file);
        directory.doom(first, Fate.UNLINK);
      } catch (DamagedException e) {
        LOG.error("{}; its frames are lost and it goes to quarantine", e.getMessage());
        damaged.add(0, first);
        damage = e.reason();
      }
    }
    return nothing();
  }

  /** Not one segment can be read: the account begins with the first, or with the last run. */
  private Account nothing() {
    long last = runs.isEmpty() ? 1 : runs.get(runs.size() - 1).run().first();
    long base = damaged.isEmpty() ? last : damaged.get(0);
    Run run = new Run(RunId.random(), base);
    for (Opened known : runs) {
      run = known.run().first() <= base ? known.run() : run;
    }
    return new Account(run, base, now);
  }

  /** A spool opens whatever its disk does: what that does not give back is given up. */
  private Optional<Account> recover(Path file) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        directory.disk().open(file);
        return SqliteSegment.recover(file);
      } catch (UnreadableException e) {
        if (attempt == MOST_ATTEMPTS) {
          throw new DamagedException(file, e);
        }
      }
    }
  }

  /**
   * Books what stood after the last position that can be read, each run's under its own name: the
   * reader may have some of it already, and knows it by that.
   */
  private Account tail(Account account, Run run) {
    Account after = account;
    Run last = run;
    boolean whole = damaged.isEmpty();
    for (Opened opened : runs) {
      Run later = opened.run();
      if (later.first() >= after.next() && !later.id().equals(last.id())) {
        if (later.first() > after.next()) {
          // booked at an opening that ended before its first commit
          after = after.gone(last, later.first() - 1, whole ? opened.lossBefore() : damage);
        }
        last = later;
      }
    }
    long through = last.positionOf(numbered.getOrDefault(last.id(), 0L));
    if (!whole) {
      long newest = damaged.get(damaged.size() - 1);
      long salvaged = SqliteSegment.salvageLast(directory.segment(newest)).orElse(newest);
      through = Math.max(through, salvaged);
    }
    if (through >= after.next()) {
      after = after.gone(last, through, whole ? LossReason.CRASH : damage);
    }
    return after;
  }

  /** Books the segments whose files have gone, and counts what is truncated of the oldest. */
  private Account missing(Account account, NavigableSet<Long> files) throws IOException {
    Account after = account;
    Part holder = after.partAt(after.first());
    if (holder != null && holder.live()) {
      after = after.passing(Math.min(holder.frames(), after.first() - holder.first()));
      if (holder.hasHoles() && files.contains(holder.first())) {
        try {
          after = after.passing(readers.framesBefore(holder.first(), true, after.first()));
        } catch (DamagedException | UnreadableException e) {
          LOG.error("{}; its frames are lost and it goes to quarantine", e.getMessage());
          LossReason reason =
              e instanceof DamagedException damaged ? damaged.reason() : LossReason.IO_ERROR;
          after = after.dropped(holder, reason);
          directory.doom(holder.first(), Fate.QUARANTINE);
        }
      }
    }
    for (Part part : after.parts()) {
      if (part.live() && !files.contains(part.first())) {
        LOG.error(
            "{} is not there; its {} frames are lost",
            directory.segment(part.first()),
            part.frames());
        after = after.dropped(part, LossReason.UNKNOWN);
      }
    }
    return after;
  }

  private void doomUnlessHeld(Account account, long file) {
    if (directory.isDoomed(file) || account.holds(file)) {
      return;
    }
    Part part = account.partAt(file);
    boolean expected = file < account.first() || (part != null && !part.live());
    boolean unlink = expected && !damaged.contains(file);
    directory.doom(file, unlink ? Fate.UNLINK : Fate.QUARANTINE);
  }
}
