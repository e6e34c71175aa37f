package dev.weir.proxy.ledger;

import static dev.weir.proxy.ledger.Ledger.CLEAN;
import static dev.weir.proxy.ledger.Ledger.COPIES;
import static dev.weir.proxy.ledger.Ledger.DECIDED;
import static dev.weir.proxy.ledger.Ledger.INHERITED;
import static dev.weir.proxy.ledger.Ledger.LOST;
import static dev.weir.proxy.ledger.Ledger.NUMBERED;
import static dev.weir.proxy.ledger.Ledger.OWNER;
import static dev.weir.proxy.ledger.Ledger.RUN;
import static dev.weir.proxy.ledger.Ledger.SUBMITTED;
import static dev.weir.proxy.ledger.Ledger.UNKNOWN;

import dev.weir.capture.RunId;
import dev.weir.durable.CrashPoint;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out, at a start, what the last process had taken on and not brought to disk, and books it
 * as lost. The page in memory knows exactly, unless the machine itself went down; then the newest
 * mark of the spools is all there is.
 */
public final class LedgerRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerRecovery.class);

  private final DirectoryId directory;
  private final List<Path> places;
  private final boolean paged;
  private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
  private final SortedMap<String, Long> tally = new TreeMap<>();

  private LedgerRecovery(
      DirectoryId directory, List<Path> places, Optional<LedgerPage.Remains> page) {
    this.directory = directory;
    this.places = places;
    this.paged = page.isPresent();
    page.ifPresent(remains -> {
      counters.putAll(remains.counters());
      tally.putAll(remains.slot());
    });
  }

  /**
   * Reads the page of a data directory, before its spools are opened.
   *
   * @param memory a directory in memory-backed storage; where it has no room the page lies in
   *     {@code data}
   */
  public static LedgerRecovery read(DirectoryId directory, Path data, Path memory)
      throws IOException {
    List<Path> places =
        List.of(memory.resolve("weir-" + identity(directory, data)), data.resolve("ledger-page"));
    Optional<LedgerPage.Remains> page = LedgerPage.read(places.get(0));
    return new LedgerRecovery(
        directory, places, page.isPresent() ? page : LedgerPage.read(places.get(1)));
  }

  /**
   * The same for one directory at one place: a copy of it, or a new one under an old name, is
   * another.
   */
  private static String identity(DirectoryId directory, Path data) throws IOException {
    String name = directory.value() + " " + data.toRealPath();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * The last number that the last run of a bucket's spool was about to be given; empty where
   * nothing is known.
   */
  public Map<RunId, Long> numbered(BucketName bucket) {
    Map<RunId, Long> last = new HashMap<>();
    String prefix = RUN + bucket + "/";
    Ledger.under(tally, prefix).forEach((key, first) -> {
      long number = position(bucket) - first + 1;
      if (number > 0) {
        last.put(new RunId(key.substring(prefix.length())), number);
      }
    });
    return last;
  }

  private long position(BucketName bucket) {
    return tally.getOrDefault(NUMBERED + bucket, 0L);
  }

  /**
   * Books what is lost, starts a new page and commits the books to every spool.
   *
   * @param underWay at most so many captures can be in memory at any moment
   */
  public Ledger complete(Map<BucketName, Spool> spools, long underWay) throws IOException {
    if (!paged) {
      takeNewestMark(spools);
      if (tally.isEmpty()) {
        spools.forEach(this::inherit);
      } else if (tally.getOrDefault(CLEAN, 0L) == 0) {
        add(UNKNOWN, underWay);
        LOG.warn(
            "the ledger's page {} went down with the machine, or with a container that had its"
                + " folder to itself: up to {} captures are unknown",
            places.get(0),
            underWay);
      }
    }
    tally.remove(CLEAN);
    tally.put(OWNER + directory.value(), 1L);
    bookUndecided();
    Ledger.under(tally, RUN).clear();
    spools.forEach((bucket, spool) -> {
      bookNumbered(bucket, spool);
      Spool.Run run = spool.state().run();
      tally.put(RUN + bucket + "/" + run.id(), run.first());
    });
    Ledger ledger = newLedger();
    spools.forEach((bucket, spool) -> commit(bucket, spool, ledger.mark()));
    return ledger;
  }

  /** What was numbered before stands in the books of the original, of which this is a copy. */
  private void inherit(BucketName bucket, Spool spool) {
    long given = spool.state().next() - 1;
    if (given > 0) {
      LOG.warn("bucket \"{}\" comes with {} numbers that others keep the books of", bucket, given);
      tally.put(INHERITED + bucket, given);
      tally.put(NUMBERED + bucket, given);
    }
  }

  private void takeNewestMark(Map<BucketName, Spool> spools) {
    spools.forEach((bucket, spool) -> {
      SortedMap<String, Long> candidate = mark(bucket, spool);
      if (!candidate.containsKey(OWNER + directory.value())) {
        return; // whoever's data this is a copy of
      }
      if (decisions(candidate) > decisions(tally) || tally.isEmpty()) {
        tally.clear();
        tally.putAll(candidate);
      }
    });
    for (Counter counter : Counter.values()) {
      Long value = tally.remove(counter.key());
      counters.put(counter, value == null ? 0 : value);
    }
  }

  private static SortedMap<String, Long> mark(BucketName bucket, Spool spool) {
    byte[] mark = spool.marks().get(Ledger.MARK);
    try {
      return mark == null ? new TreeMap<>() : MarkCodec.read(mark);
    } catch (IOException e) {
      LOG.warn(
          "the books in the spool of bucket \"{}\" are unreadable: {}; going on without",
          bucket,
          e.getMessage());
      return new TreeMap<>();
    }
  }

  private static long decisions(Map<String, Long> tally) {
    return tally.getOrDefault(DECIDED, 0L)
        + tally.getOrDefault(SUBMITTED, 0L)
        + tally.getOrDefault(CLEAN, 0L);
  }

  /** What was begun and never decided was lost in the crash. */
  private void bookUndecided() {
    long undecided = counters.getOrDefault(Counter.BEGUN, 0L) - tally.getOrDefault(DECIDED, 0L);
    for (Counter counter : Counter.values()) {
      if (counter != Counter.BEGUN && counter != Counter.OFFERED) {
        undecided -= counters.getOrDefault(counter, 0L);
      }
    }
    if (undecided > 0) {
      add(DECIDED, undecided);
      add(LOST + LossReason.CRASH.wireName(), undecided);
      LOG.warn("{} captures were under way when the last process ended: lost", undecided);
    }
    long queueFull = counters.getOrDefault(Counter.QUEUE_FULL, 0L);
    counters.put(Counter.OFFERED, queueFull + tally.getOrDefault(DECIDED, 0L));
  }

  /**
   * Makes the books and the spool agree. The spool gave fewer: the books were committed by another
   * bucket, and this one's commit never came. It gave more: submitted captures, which are committed
   * first and booked after; their source never heard of it and hands them over again, so that these
   * are copies.
   */
  private void bookNumbered(BucketName bucket, Spool spool) {
    long missing = position(bucket) - (spool.state().next() - 1);
    if (missing > 0) {
      spool.lose(missing, LossReason.CRASH);
      LOG.warn(
          "{} captures of bucket \"{}\" were not on disk yet when the last process ended: lost",
          missing,
          bucket);
    }
    long given = spool.state().next() - 1;
    add(COPIES, given - position(bucket));
    tally.put(NUMBERED + bucket, given);
  }

  private Ledger newLedger() throws IOException {
    LedgerPage.Remains initial = new LedgerPage.Remains(counters, tally);
    Path memory = places.get(0);
    Path disk = places.get(1);
    try {
      LedgerPage page = LedgerPage.create(memory, initial);
      Files.deleteIfExists(disk);
      CrashPoint.LEDGER_PAGE_ALONE.reach();
      return new Ledger(page, memory, tally);
    } catch (IOException e) {
      LOG.warn(
          "no room for the ledger's page at {}: {}; it lies at {}, where a slow disk can slow"
              + " production down",
          memory,
          e.toString(),
          disk);
      LedgerPage page = LedgerPage.create(disk, initial);
      Files.deleteIfExists(memory);
      CrashPoint.LEDGER_PAGE_ALONE.reach();
      return new Ledger(page, disk, tally);
    }
  }

  private static void commit(BucketName bucket, Spool spool, byte[] mark) {
    try {
      spool.append(List.of(), Map.of(Ledger.MARK, mark), Spool.WhenFull.REFUSE);
    } catch (IOException e) {
      LOG.warn(
          "the books cannot be written to the spool of bucket \"{}\": {}; the next commit"
              + " brings them",
          bucket,
          e.getMessage());
    }
  }

  private void add(String key, long value) {
    if (value != 0) {
      tally.merge(key, value, Long::sum);
    }
  }
}
