package dev.weir.proxy.ship;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loop.Backoff;
import dev.weir.loop.ManualTicker;
import dev.weir.proxy.ship.Shipper.Limits;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A shipper of one bucket, stepped by hand, to a relay in memory. */
abstract class ShipperFixture {
  static final BucketName BUCKET = new BucketName("orders");
  static final Duration LEAST = Duration.ofMillis(500);
  static final Duration MOST = Duration.ofSeconds(10);

  final ManualTicker ticker = new ManualTicker();
  final InMemoryUplink relay = new InMemoryUplink();
  Instant now = Instant.parse("2026-01-02T03:04:05Z");
  InMemorySpool spool = new InMemorySpool(ByteSize.ofMegabytes(64), Duration.ofHours(1), () -> now);
  boolean hostIsBusy;
  Shipper shipper = shipper(Limits.NONE);

  Shipper shipper(Limits limits) {
    Backoff backoff = new Backoff(LEAST, MOST, new Random(1));
    return new Shipper(BUCKET, spool, relay, limits, backoff, () -> hostIsBusy, ticker);
  }

  /** Steps, waiting as it asks, until there is nothing left. */
  void settle() throws InterruptedException {
    for (int i = 0; spool.state().first() < spool.state().next(); i++) {
      assertThat(i).as("steps").isLessThan(20_000);
      ticker.advance(shipper.step());
    }
  }

  void append(int from, int until) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    for (int i = from; i < until; i++) {
      frames.add(Integer.toString(i).getBytes(UTF_8));
    }
    spool.append(frames, Map.of(), WhenFull.DROP_OLDEST);
  }

  /** Appends a few at a time, so that the oldest make room. */
  void fillUp(int from, int until) {
    try {
      for (int i = from; i < until; i += 10) {
        append(i, Math.min(until, i + 10));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
