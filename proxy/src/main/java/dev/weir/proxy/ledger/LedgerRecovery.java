package dev.weir.proxy.ledger;

import static dev.weir.proxy.ledger.Ledger.CLEAN;
import static dev.weir.proxy.ledger.Ledger.DECIDED;
import static dev.weir.proxy.ledger.Ledger.KEPT;
import static dev.weir.proxy.ledger.Ledger.LOST;
import static dev.weir.proxy.ledger.Ledger.NUMBERED;
import static dev.weir.proxy.ledger.Ledger.RUN;
import static dev.weir.proxy.ledger.Ledger.SUBMITTED;
import static dev.weir.proxy.ledger.Ledger.UNKNOWN;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.weir.capture.RunId;
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
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out, at a start, what the last process had taken on and not brought to disk, and books it
 * as lost. The page in memory knows exactly, unless the machine itself went down; then the newest
 * mark of the spools is all there is.
 */
public final class LedgerRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerRecovery.class);

  private final Path pageFile;
  private final Optional<LedgerPage.Remains> page;
  private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
  private final SortedMap<String, Long> tally = new TreeMap<>();

  private LedgerRecovery(Path pageFile, Optional<LedgerPage.Remains> page) {
    this.pageFile = pageFile;
    this.page = page;
    page.ifPresent(remains -> {
      counters.putAll(remains.counters());
      tally.putAll(remains.slot());
    });
  }

  /**
   * Reads the page of a data directory, before its spools are opened.
   *
   * @param memory a directory in memory-backed storage; where it is not writable the page lies in
   *     {@code data}
   */
  public static LedgerRecovery read(Path data, Path memory) throws IOException {
    Path file = Files.isWritable(memory)
        ? memory.resolve("weir-" + identity(data))
        : data.resolve("ledger-page");
    return new LedgerRecovery(file, LedgerPage.read(file));
  }

  /**
   * The same for one directory at one place: a copy of it, or a new one under an old name, is
   * another.
   */
  private static String identity(Path data) throws IOException {
    Path file = data.resolve("ledger-id");
    if (!Files.exists(file)) {
      Files.writeString(file, UUID.randomUUID().toString());
    }
    String name = Files.readString(file) + " " + data.toRealPath();
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
    tally.subMap(prefix, prefix + Character.MAX_VALUE).forEach((key, first) -> {
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
   * Books what is lost, commits the books to every spool and starts a new page.
   *
   * @param underWay at most so many captures can be in memory at any moment
   */
  public Ledger complete(Map<BucketName, Spool> spools, long underWay) throws IOException {
    if (page.isEmpty()) {
      takeNewestMark(spools);
      if (!tally.isEmpty() && tally.getOrDefault(CLEAN, 0L) == 0) {
        tally.merge(UNKNOWN, underWay, Long::sum);
        LOG.warn("the machine went down under the proxy: up to {} captures are unknown", underWay);
      }
    }
    tally.remove(CLEAN);
    bookUndecided();
    tally.keySet().removeIf(key -> key.startsWith(RUN));
    spools.forEach((bucket, spool) -> {
      Spool.State books = spool.state();
      bookNumbered(bucket, books.next() - 1);
      tally.put(RUN + bucket + "/" + books.run().id(), books.run().first());
    });
    LedgerPage fresh = LedgerPage.create(pageFile, new LedgerPage.Remains(counters, tally));
    Ledger ledger = new Ledger(fresh, pageFile, tally);
    for (Spool spool : spools.values()) {
      spool.append(List.of(), Map.of(Ledger.MARK, ledger.mark()), Spool.WhenFull.REFUSE);
    }
    return ledger;
  }

  private void takeNewestMark(Map<BucketName, Spool> spools) throws IOException {
    for (Spool spool : spools.values()) {
      byte[] mark = spool.marks().get(Ledger.MARK);
      if (mark != null) {
        SortedMap<String, Long> candidate =
            new TreeMap<>(Ledger.CBOR.readValue(mark, new TypeReference<Map<String, Long>>() {}));
        if (tally.isEmpty() || decisions(candidate) > decisions(tally)) {
          tally.clear();
          tally.putAll(candidate);
        }
      }
    }
    for (Counter counter : Counter.values()) {
      Long value = tally.remove(counter.key());
      counters.put(counter, value == null ? 0 : value);
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
   * Takes what a spool really gave. More than the books say: submitted captures, which are
   * committed first and counted after. Less: the books were committed by another bucket, and this
   * one's commit never came.
   */
  private void bookNumbered(BucketName bucket, long given) {
    long more = given - position(bucket);
    tally.put(NUMBERED + bucket, given);
    add(KEPT, more);
    add(more > 0 ? SUBMITTED : LOST + LossReason.CRASH.wireName(), Math.abs(more));
  }

  private void add(String key, long value) {
    if (value != 0) {
      tally.merge(key, value, Long::sum);
    }
  }
}
