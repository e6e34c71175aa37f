package dev.weir.proxy.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.capture.CaptureCodec;
import dev.weir.ledger.LossReason;
import dev.weir.unit.BucketName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  static final String DECIDED = "decided";
  static final String SUBMITTED = "submitted";
  static final String KEPT = "kept";
  private static final String COPIES = "copies";
  private static final String EMITTED = "emitted";
  static final String UNKNOWN = "unknown";
  static final String CLEAN = "clean";
  private static final String FILTERED = "filtered/";
  static final String LOST = "lost/";
  static final String NUMBERED = "numbered/";
  static final String RUN = "run/";
  static final ObjectMapper CBOR = new ObjectMapper(CaptureCodec.CBOR);

  private final LedgerPage page;
  private final Path pageFile;
  private final SortedMap<String, Long> tally;

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
  // -----------------------------------------------------------------------------------------------

  public void count(Counter counter) {
    page.add(counter);
  }

  // ---- the pipeline's thread
  // ------------------------------------------------------------------------------------

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

  public void filtered(String reason) {
    String key = FILTERED + reason;
    boolean known = tally.containsKey(key) || reasons() < MAX_REASONS;
    add(known ? key : FILTERED + "other", 1);
  }

  private int reasons() {
    return under(FILTERED).size();
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
    for (Counter counter : Counter.values()) {
      all.put(counter.key(), page.get(counter));
    }
    all.put(CLEAN, clean ? 1L : 0L);
    try {
      return CBOR.writeValueAsBytes(all);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  /** What stands in the ledger between two batches. */
  public Totals totals() {
    long decided = value(DECIDED);
    // read in this order, what is begun meanwhile counts as in progress, and nothing comes out
    // below zero
    long passed =
        page.get(Counter.EXCLUDED) + page.get(Counter.SAMPLED_OUT) + page.get(Counter.ABANDONED);
    long queueFull = page.get(Counter.QUEUE_FULL);
    long offered = page.get(Counter.OFFERED);
    long begun = page.get(Counter.BEGUN);
    long inProgress = begun - passed - offered;
    long queued = offered - queueFull - decided;
    SortedMap<String, Long> filtered = under(FILTERED);
    long filteredByHooks = sum(filtered);
    SortedMap<String, Long> lost = under(LOST);
    long lostLater = sum(lost);
    put(filtered, "excluded", page.get(Counter.EXCLUDED));
    put(filtered, "sampled-out", page.get(Counter.SAMPLED_OUT));
    put(filtered, "abandoned", page.get(Counter.ABANDONED));
    put(lost, LossReason.QUEUE_FULL.wireName(), queueFull);
    long numbered = sum(under(NUMBERED));
    long imbalance =
        Math.abs(decided + value(SUBMITTED) - value(KEPT) - filteredByHooks - lostLater)
            + Math.abs(value(KEPT) + value(COPIES) + value(EMITTED) - numbered)
            + Math.max(0, -inProgress)
            + Math.max(0, -queued);
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
    tally
        .subMap(prefix, prefix + Character.MAX_VALUE)
        .forEach((key, value) -> part.put(key.substring(prefix.length()), value));
    return part;
  }

  private static long sum(SortedMap<String, Long> map) {
    return map.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Removes the page. Only after {@link #cleanMark} has been committed: without either, the next
   * start knows nothing.
   */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(pageFile);
  }
}
