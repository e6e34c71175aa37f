package dev.weir.proxy;

import dev.weir.ledger.LossReason;
import dev.weir.loop.Backoff;
import dev.weir.loop.Loop;
import dev.weir.loop.Ticker;
import dev.weir.proxy.pipeline.Outlet;
import dev.weir.proxy.ship.RateLimit;
import dev.weir.proxy.ship.Shipper;
import dev.weir.proxy.ship.Uplink;
import dev.weir.spool.Spool;
import dev.weir.unit.BucketName;
import dev.weir.wire.ProxyReport.BucketState;
import dev.weir.wire.ProxyReport.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * What a proxy has for one bucket: the way into its spool, the spool, and the shipper that empties
 * it.
 */
final class BucketLine implements AutoCloseable {
  /** Waits between attempts to ship grow from the first to the second of these. */
  private static final Duration LEAST_WAIT = Duration.ofMillis(500);

  private static final Duration MOST_WAIT = Duration.ofSeconds(10);
  private static final Duration DRAIN = Duration.ofSeconds(3);

  private final BucketName name;
  private final Spool spool;
  private final Shipper shipper;
  private final Loop loop;
  private final Outlet outlet;
  private final Ticker ticker;

  BucketLine(
      BucketName name,
      ProxyConfig.Bucket config,
      Spool spool,
      Uplink uplink,
      ProxyRate proxy,
      Ticker ticker) {
    this.name = name;
    this.spool = spool;
    this.ticker = ticker;
    Shipper.Limits limits = new Shipper.Limits(
        proxy.captures(),
        proxy.bytes(),
        ProxyRate.captures(config.rate(), ticker),
        ProxyRate.bytes(config.rate(), ticker));
    Backoff backoff = new Backoff(LEAST_WAIT, MOST_WAIT, RandomGenerator.getDefault());
    this.shipper = new Shipper(name, spool, uplink, limits, backoff, ticker);
    this.loop = new Loop("ship-" + name, shipper);
    Spool.WhenFull whenFull = config.whenFull() == ProxyConfig.WhenFull.DROP_OLDEST
        ? Spool.WhenFull.DROP_OLDEST
        : Spool.WhenFull.REFUSE;
    this.outlet = new Outlet(name, spool, whenFull, this::appended);
  }

  /** The limits of the whole proxy, which its buckets share. */
  record ProxyRate(RateLimit captures, RateLimit bytes) {
    static ProxyRate of(ProxyConfig.ShipRate rate, Ticker ticker) {
      return new ProxyRate(captures(rate, ticker), bytes(rate, ticker));
    }

    static RateLimit captures(ProxyConfig.ShipRate rate, Ticker ticker) {
      return rate.captures() == null
          ? RateLimit.UNLIMITED
          : new RateLimit(rate.captures().perSecond(), ticker);
    }

    static RateLimit bytes(ProxyConfig.ShipRate rate, Ticker ticker) {
      return rate.bytes() == null
          ? RateLimit.UNLIMITED
          : new RateLimit(rate.bytes().perSecond().bytes(), ticker);
    }
  }

  private void appended() {
    if (shipper.isAwaited()) {
      loop.wake();
    }
  }

  Outlet outlet() {
    return outlet;
  }

  void start() {
    loop.start();
  }

  BucketState state() {
    Spool.State books = spool.state();
    SortedMap<String, Long> lost = new TreeMap<>();
    for (Map.Entry<LossReason, Long> entry : books.lost().entrySet()) {
      lost.put(entry.getKey().wireName(), entry.getValue());
    }
    return new BucketState(
        name.value(),
        books.next() - 1,
        books.first(),
        books.waiting(),
        books.used().bytes(),
        books.limit().bytes(),
        lost,
        shipper.shippedAgoMs(),
        shipper.state(),
        runs(books));
  }

  private static List<RunState> runs(Spool.State books) {
    List<Spool.Run> runs = books.runs();
    List<RunState> states = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      Spool.Run run = runs.get(i);
      long end = i + 1 < runs.size() ? runs.get(i + 1).first() : books.next();
      states.add(new RunState(
          run.id().value(),
          end - run.first(),
          Math.max(0, Math.min(books.first(), end) - run.first())));
    }
    return states;
  }

  /**
   * Ships what waits, as long as the relay takes it and at most for a few seconds, the batch under
   * way included. The rest goes after the next start.
   */
  @Override
  public void close() {
    long end = ticker.nanos() + DRAIN.toNanos();
    loop.close();
    try {
      shipper.drain(Duration.ofNanos(Math.max(0, end - ticker.nanos())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
