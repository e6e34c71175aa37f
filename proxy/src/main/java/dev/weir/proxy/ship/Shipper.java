package dev.weir.proxy.ship;

import dev.weir.durable.CrashPoint;
import dev.weir.http.Complaint;
import dev.weir.ledger.LossReason;
import dev.weir.loop.Backoff;
import dev.weir.loop.Step;
import dev.weir.loop.Ticker;
import dev.weir.proxy.ship.Uplink.Attempt;
import dev.weir.proxy.ship.Uplink.Delivery;
import dev.weir.proxy.ship.Uplink.Shipment;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves one bucket's spool to the relay: reads a batch, sends it, and truncates only what the relay
 * says it has. A batch whose fate is unknown is sent again as it was; the relay knows the numbers
 * and takes none twice. On a busy host it gives way to production: five batches a second, until the
 * spool is half full. Its loop's thread alone.
 */
public final class Shipper implements Step {
  static final int MAX_ENTRIES = 1_000;
  static final ByteSize MAX_BYTES = ByteSize.ofMegabytes(1);

  /** How long a batch that is not full waits for more. */
  static final Duration LINGER = Duration.ofMillis(200);

  /** While the host is busy, the time between two batches is production's. */
  static final Duration YIELD = Duration.ofMillis(200);

  /** How long the relay's answer may take. */
  static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
  private static final String IDLE_STATE = "idle";
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final long NONE = Long.MAX_VALUE;
  private static final Duration EXPIRE_EVERY = Duration.ofSeconds(10);

  private final BucketName bucket;
  private final Spool spool;
  private final Uplink uplink;
  private final Limits limits;
  private final Backoff backoff;
  private final BooleanSupplier hostIsBusy;
  private final Ticker ticker;

  private final Set<Long> rejected = new HashSet<>();
  private final Complaint complaint = new Complaint();
  private int maxEntries = MAX_ENTRIES;
  private boolean backlog = true;
  private boolean draining;
  private @Nullable Long lingerUntil;
  private @Nullable Long heldSince;
  private long notBefore;
  private long expireAt;
  private volatile long awaited = 1;
  private volatile String state = IDLE_STATE;
  private volatile @Nullable Long shippedAt;

  /**
   * What holds a shipper back, each in batches that may overdraw it: of the whole proxy, and of
   * this bucket.
   */
  public record Limits(
      RateLimit proxyCaptures, RateLimit proxyBytes, RateLimit captures, RateLimit bytes) {
    public static final Limits NONE = new Limits(
        RateLimit.UNLIMITED, RateLimit.UNLIMITED, RateLimit.UNLIMITED, RateLimit.UNLIMITED);

    Duration untilPositive() {
      Duration longest = proxyCaptures.untilPositive();
      for (RateLimit limit : List.of(proxyBytes, captures, bytes)) {
        Duration wait = limit.untilPositive();
        longest = wait.compareTo(longest) > 0 ? wait : longest;
      }
      return longest;
    }

    void spendCaptures(long count) {
      proxyCaptures.spend(count);
      captures.spend(count);
    }

    void spendBytes(long count) {
      proxyBytes.spend(count);
      bytes.spend(count);
    }
  }

  public Shipper(
      BucketName bucket,
      Spool spool,
      Uplink uplink,
      Limits limits,
      Backoff backoff,
      Ticker ticker) {
    this(bucket, spool, uplink, limits, backoff, new HostLoad(ticker)::isBusy, ticker);
  }

  Shipper(
      BucketName bucket,
      Spool spool,
      Uplink uplink,
      Limits limits,
      Backoff backoff,
      BooleanSupplier hostIsBusy,
      Ticker ticker) {
    this.bucket = bucket;
    this.spool = spool;
    this.uplink = uplink;
    this.limits = limits;
    this.backoff = backoff;
    this.hostIsBusy = hostIsBusy;
    this.ticker = ticker;
    this.notBefore = ticker.nanos();
    this.expireAt = notBefore;
  }

  /** {@code idle}, {@code shipping}, or what keeps it from shipping; any thread. */
  public String state() {
    return state;
  }

  /** Milliseconds since the last batch was stored; -1 before the first. Any thread. */
  public long shippedAgoMs() {
    Long at = shippedAt;
    return at == null ? -1 : Duration.ofNanos(ticker.nanos() - at).toMillis();
  }

  /**
   * Whether what was appended is worth a {@link #step} before its time; to be woken for each commit
   * would only take processors from production. Any thread.
   */
  public boolean isAwaited() {
    return spool.state().waiting() >= awaited;
  }

  /** Ships one batch, if there is one and nothing holds it back. */
  @Override
  public Duration step() throws InterruptedException {
    return step(ANSWER_WITHIN);
  }

  private Duration step(Duration answerWithin) throws InterruptedException {
    try {
      expire();
      awaited = 1; // before the look: what comes later ends the wait
      Spool.State books = spool.state();
      if (books.first() >= books.next()) {
        lingerUntil = null;
        state = IDLE_STATE;
        return IDLE;
      }
      // asked again: that somebody woke the loop does not end a wait
      Duration held = until(notBefore);
      if (!held.isZero()) {
        return pause(held, NONE);
      }
      Duration lingering = linger(books);
      if (!lingering.isZero()) {
        return pause(lingering, MAX_ENTRIES);
      }
      Duration limited = limits.untilPositive();
      return limited.isZero() ? ship(books, answerWithin) : pause(limited, NONE);
    } catch (IOException e) {
      return hold("its spool cannot be read: " + e.getMessage(), backoff.next());
    }
  }

  /** @param end when so many captures wait, there is no sense in waiting longer */
  private Duration pause(Duration wait, long end) {
    awaited = end;
    return wait;
  }

  private Duration until(long moment) {
    return Duration.ofNanos(Math.max(0, moment - ticker.nanos()));
  }

  /**
   * Ships what is there until it is gone, something holds it, or {@code atMost} has passed. Only
   * when no loop calls {@link #step}.
   */
  public void drain(Duration atMost) throws InterruptedException {
    long end = ticker.nanos() + atMost.toNanos();
    backlog = true;
    draining = true;
    Duration wait = Duration.ZERO;
    Duration left = atMost;
    while (wait.isZero() && !left.isZero()) {
      wait = step(left);
      left = until(end);
    }
  }

  private void expire() throws IOException {
    long now = ticker.nanos();
    if (now - expireAt >= 0) {
      expireAt = now + EXPIRE_EVERY.toNanos();
      spool.expire();
    }
  }

  /**
   * How long a batch that is not full waits for more. What an earlier batch left over does not
   * wait.
   */
  private Duration linger(Spool.State books) {
    if (backlog || books.waiting() >= MAX_ENTRIES || heldSince != null) {
      return Duration.ZERO;
    }
    if (lingerUntil == null) {
      lingerUntil = ticker.nanos() + LINGER.toNanos();
    }
    return until(lingerUntil);
  }

  private Duration ship(Spool.State books, Duration answerWithin)
      throws IOException, InterruptedException {
    List<Entry> entries = spool.read(books.first(), maxEntries, MAX_BYTES);
    Spool.Run run = spool.runAt(books.first());
    Shipment shipment = shipment(run, entries);
    Attempt attempt = uplink.send(shipment, answerWithin);
    limits.spendBytes(attempt.wireBytes());
    Delivery delivery = attempt.delivery();
    if (delivery instanceof Delivery.Stored stored) {
      limits.spendCaptures(shipment.captures(stored.through()));
      return stored(run.positionOf(stored.through()) + 1, books, stored.pause());
    }
    if (delivery instanceof Delivery.Rejected rejected) {
      return reject(run, shipment, rejected.seq(), rejected.reason());
    }
    if (delivery instanceof Delivery.TooLarge tooLarge) {
      return split(run, shipment, tooLarge.reason());
    }
    Delivery.Failed failed = (Delivery.Failed) delivery;
    Duration after = failed.after();
    return hold(failed.reason(), after == null || after.isZero() ? backoff.next() : after);
  }

  /** The entries under their numbers in the run; what the relay refused is named as lost. */
  private Shipment shipment(Spool.Run run, List<Entry> entries) {
    long shift = run.first() - 1;
    List<Entry> numbered = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      long from = entry.from() - shift;
      if (entry instanceof Gap gap) {
        numbered.add(new Gap(from, gap.through() - shift, gap.reason()));
      } else if (rejected.contains(entry.from())) {
        numbered.add(new Gap(from, from, LossReason.REJECTED));
      } else {
        numbered.add(new Frame(from, ((Frame) entry).bytes()));
      }
    }
    return new Shipment(bucket, run.id(), numbered.get(0).from() - 1, numbered);
  }

  /** @param next the first position that the relay does not have */
  private Duration stored(long next, Spool.State books, Duration pause) throws IOException {
    CrashPoint.SHIPMENT_STORED.reach();
    spool.truncate(next);
    rejected.removeIf(position -> position < next);
    maxEntries = Math.min(MAX_ENTRIES, maxEntries * 2);
    shippedAt = ticker.nanos();
    released();
    backlog = books.next() > next;
    lingerUntil = null;
    Duration rest = pause.compareTo(YIELD) < 0 && givesWay(books) ? YIELD : pause;
    notBefore = ticker.nanos() + rest.toNanos();
    return rest;
  }

  /** Whether production needs the processors more than this spool needs room. */
  private boolean givesWay(Spool.State books) {
    return backlog
        && !draining
        && books.used().bytes() < books.limit().bytes() / 2
        && hostIsBusy.getAsBoolean();
  }

  /** A capture goes as a gap from now on. What is a gap already cannot be what the relay means. */
  private Duration reject(Spool.Run run, Shipment shipment, long seq, String reason) {
    if (!shipment.hasCapture(seq)) {
      return hold("the relay refuses a gap: " + reason, backoff.next());
    }
    if (rejected.isEmpty()) {
      LOG.error(
          "the relay refuses captures of bucket \"{}\" for good: {}; they are lost",
          bucket,
          reason);
    }
    rejected.add(run.positionOf(seq));
    return Duration.ZERO;
  }

  private Duration split(Spool.Run run, Shipment shipment, String reason) {
    int entries = shipment.entries().size();
    if (entries == 1) {
      return reject(run, shipment, shipment.first(), reason);
    }
    maxEntries = entries / 2;
    return Duration.ZERO;
  }

  private Duration hold(String why, Duration wait) {
    state = why;
    notBefore = ticker.nanos() + wait.toNanos();
    if (heldSince == null) {
      heldSince = ticker.nanos();
    }
    if (complaint.isNew(why)) {
      LOG.warn("bucket \"{}\" cannot be shipped: {}; its captures wait in the spool", bucket, why);
    }
    return wait;
  }

  private void released() {
    state = "shipping";
    backoff.reset();
    Long since = heldSince;
    if (since != null) {
      heldSince = null;
      complaint.over();
      LOG.info(
          "bucket \"{}\" is shipped again after {} s; {} captures wait",
          bucket,
          Duration.ofNanos(ticker.nanos() - since).toSeconds(),
          spool.state().waiting());
    }
  }
}
