package dev.weir.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loop.Ticker;
import dev.weir.loop.Together;
import dev.weir.proxy.BucketLine.ProxyRate;
import dev.weir.proxy.ship.Uplink;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BucketLineTest {
  private static final int LINES = 4;
  private static final ByteSize LIMIT = ByteSize.ofMegabytes(64);
  private static final Duration AGE = Duration.ofDays(7);
  private static final ProxyConfig.ShipRate NO_RATE = new ProxyConfig.ShipRate(null, null);

  private final CountDownLatch asked = new CountDownLatch(LINES);

  @Test
  void closeTogetherWithinSecondsWhereTheRelayHangs() throws Exception {
    List<BucketLine> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      lines.add(line(new BucketName("b" + i)));
    }
    lines.forEach(BucketLine::start);
    asked.await();

    long began = System.nanoTime();
    new Together(lines).close();

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
    assertThat(lines).allMatch(line -> line.state().waiting() == 1);
  }

  private BucketLine line(BucketName name) throws Exception {
    InMemorySpool spool = new InMemorySpool(LIMIT, AGE, InstantSource.system());
    spool.append(List.of(new byte[] {1}), Map.of(), WhenFull.REFUSE);
    ProxyConfig.Bucket config =
        new ProxyConfig.Bucket(LIMIT, AGE, ProxyConfig.WhenFull.DROP_OLDEST, LIMIT, NO_RATE);
    ProxyRate rate = ProxyRate.of(NO_RATE, Ticker.SYSTEM);
    return new BucketLine(name, config, spool, this::hang, rate, Ticker.SYSTEM);
  }

  private Uplink.Attempt hang(Uplink.Shipment shipment, Duration atMost)
      throws InterruptedException {
    asked.countDown();
    new CountDownLatch(1).await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    return new Uplink.Attempt(new Uplink.Delivery.Failed("no answer", null), 0);
  }
}
