package dev.weir.proxy.ledger;

import dev.weir.durable.CrashPoint;
import dev.weir.ledger.LossReason;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The proxy's account of every capture since its data directory was made. What sources do is
 * counted by any thread in the {@link LedgerPage}; what the pipeline decides is kept here by the
 * pipeline's thread, and published to the page batch by batch. The whole of it is also written, as
 * one mark, with every commit of a spool.
 *
 * <pre>
 * begun               = in progress + passed + offered
 * offered             = queue-full + queued + decided
 * decided + submitted = kept + filtered by hooks + lost(hook-error, crash)
 * kept + copies + emitted = numbered over all buckets
 * </pre>
 */
public final class Ledger implements AutoCloseable {
  /** The name of the mark that holds the durable ledger. */
  public static final String MARK = "ledger";

  /** Distinct reasons that hooks may give; further ones are counted as {@code other}. */
  static final int MAX_REASONS = 64;

  /** How much of a reason is kept, in characters. */
  static final int MAX_REASON_LENGTH = 64;

  static final String DECIDED = "decided";
  static final String SUBMITTED = "submitted";
  private static final String KEPT = "kept";
  static final String COPIES = "copies";
  private static final String EMITTED = "emitted";
  static final String UNKNOWN = "unknown";
  static final String CLEAN = "clean";
  private static final String FILTERED = "filtered/";
  static final String LOST = "lost/";
  static final String NUMBERED = "numbered/";

  /** Whose books these are. */
  static final String OWNER = "owner/";

  /** What of that was numbered by the original of a directory that is a copy. */
  static final String INHERITED = "inherited/";

  static final String RUN = "run/";
  private static final Map<Counter, String> PASSED = Map.of(
      Counter.EXCLUDED,
      "excluded",
      Counter.SAMPLED_OUT,
      "sampled-out",
      Counter.ABANDONED,
      "abandoned");

  private final LedgerPage page;
  private final Path pageFile;
  private final SortedMap<String, Long> tally;
  private volatile boolean settled;

  Ledger(LedgerPage page, Path pageFile, SortedMap<String, Long> tally) {
    this.page = page;
    this.pageFile = pageFile;
    this.tally = tally;
  }

  /** One consistent view. */
  public record Totals(
      long captured,
      long inProgress,
      long queued,
      SortedMap<String, Long> filtered,
      long kept,
      long copies,
      long emitted,
      SortedMap<String, Long> lost,
      long unknown,
      long numbered,
      long imbalance) {}

  // ---- any thread

  public void count(Counter counter) {
    page.add(counter);
  }

  // ---- the pipeline's thread

  /** Decisions on offered captures; call before their append, then {@link #publish}. */
  public void decided(long captures) {
    add(DECIDED, captures);
  }

  /** Decisions on submitted captures; call after their append. */
  public void submitted(long captures) {
    add(SUBMITTED, captures);
  }

  /**
   * Captures that go on.
   *
   * @param frames what they became, over all buckets
   */
  public void kept(long captures, long frames) {
    add(KEPT, captures);
    add(COPIES, frames - captures);
  }

  /**
   * What timers made.
   *
   * @param frames over all buckets
   */
  public void emitted(long frames) {
    add(EMITTED, frames);
  }

  public void filtered(String reason) {
    String key = FILTERED + named(reason);
    boolean known = tally.containsKey(key) || under(FILTERED).size() < MAX_REASONS;
    add(known ? key : FILTERED + "other", 1);
  }

  /** As the page gives it back: what is no Unicode would come back as something else. */
  private static String named(String reason) {
    String name = reason.substring(0, Math.min(reason.length(), MAX_REASON_LENGTH));
    return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  public void lost(LossReason reason, long captures) {
    add(LOST + reason.wireName(), captures);
  }

  /** The highest position that a bucket's spool has given, or is about to give. */
  public void numbered(BucketName bucket, long position) {
    tally.put(NUMBERED + bucket, position);
  }

  /** Makes everything counted so far survive a kill. */
  public void publish() {
    page.publish(tally);
  }

  /**
   * The value of {@link #MARK}: everything counted so far, to survive a power cut with the commit
   * that it goes into.
   */
  public byte[] mark() {
    return mark(false);
  }

  /** The last mark of all: nothing is under way any more. */
  public byte[] cleanMark() {
    return mark(true);
  }

  private byte[] mark(boolean clean) {
    SortedMap<String, Long> all = new TreeMap<>(tally);
    page.counters().forEach((counter, value) -> all.put(counter.key(), value));
    all.put(CLEAN, clean ? 1L : 0L);
    return MarkCodec.write(all);
  }

  /** What stands in the ledger between two batches. */
  public Totals totals() {
    Map<Counter, Long> counters = page.counters();
    long begun = counters.getOrDefault(Counter.BEGUN, 0L);
    long offered = counters.getOrDefault(Counter.OFFERED, 0L);
    long queueFull = counters.getOrDefault(Counter.QUEUE_FULL, 0L);
    SortedMap<String, Long> passed = new TreeMap<>();
    PASSED.forEach((counter, name) -> put(passed, name, counters.getOrDefault(counter, 0L)));
    SortedMap<String, Long> filtered = under(FILTERED);
    SortedMap<String, Long> lost = under(LOST);
    long inProgress = begun - sum(passed) - offered;
    long queued = offered - queueFull - value(DECIDED);
    long numbered = sum(under(NUMBERED)) - sum(under(INHERITED));
    long imbalance =
        Math.abs(value(DECIDED) + value(SUBMITTED) - value(KEPT) - sum(filtered) - sum(lost))
            + Math.abs(value(KEPT) + value(COPIES) + value(EMITTED) - numbered)
            + Math.max(0, -inProgress)
            + Math.max(0, -queued);
    passed.forEach((name, captures) -> filtered.merge(name, captures, Long::sum));
    put(lost, LossReason.QUEUE_FULL.wireName(), queueFull);
    return new Totals(
        begun + value(SUBMITTED),
        inProgress,
        queued,
        filtered,
        value(KEPT),
        value(COPIES),
        value(EMITTED),
        lost,
        value(UNKNOWN),
        numbered,
        imbalance);
  }

  private static void put(SortedMap<String, Long> map, String name, long value) {
    if (value > 0) {
      map.put(name, value);
    }
  }

  private void add(String key, long value) {
    if (value != 0) {
      tally.merge(key, value, Long::sum);
    }
  }

  private long value(String key) {
    return tally.getOrDefault(key, 0L);
  }

  private SortedMap<String, Long> under(String prefix) {
    SortedMap<String, Long> part = new TreeMap<>();
    under(tally, prefix).forEach((key, value) -> part.put(key.substring(prefix.length()), value));
    return part;
  }

  /** The entries whose keys begin with {@code prefix}, which ends in a slash. */
  static SortedMap<String, Long> under(SortedMap<String, Long> tally, String prefix) {
    String next = prefix.substring(0, prefix.length() - 1) + (char) ('/' + 1);
    return tally.subMap(prefix, next);
  }

  private static long sum(SortedMap<String, Long> map) {
    return map.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The clean mark has been committed: the page is needed no more. */
  public void settled() {
    settled = true;
  }

  /** Removes the page, if all that it says is on disk. Idempotent. */
  @Override
  public void close() throws IOException {
    if (settled) {
      Files.deleteIfExists(pageFile);
      CrashPoint.LEDGER_CLOSED.reach();
    }
  }
}
