package dev.weir.relay.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.relay.ManualClock;
import dev.weir.relay.store.InMemoryDeadStore;
import dev.weir.script.Hook;
import dev.weir.spool.InMemorySpool;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BucketsTest {
  private static final int COUNT = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ManualClock clock = new ManualClock();
  private final CountDownLatch closing = new CountDownLatch(COUNT);
  private final AtomicInteger together = new AtomicInteger();

  /** Ends only once those of all buckets are ending. */
  private final class Lingering implements Hook {
    @Override
    public Result run(Capture capture) {
      return Result.Kept.unchanged(capture);
    }

    @Override
    public void close() {
      closing.countDown();
      try {
        if (closing.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
          together.incrementAndGet();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Bucket open(BucketName name) throws IOException {
    ByteSize size = ByteSize.ofMegabytes(1);
    return Bucket.open(
        name,
        new Bucket.Rules(WhenFull.REFUSE, null, Map.of()),
        new InMemorySpool(size, Duration.ofDays(1), clock),
        new InMemoryDeadStore(size),
        clock.clocks(),
        new Lingering());
  }

  @Test
  void closeAllAtOnce() throws Exception {
    Buckets buckets = new Buckets(this::open, true);
    for (String name : List.of("a", "b", "c")) {
      buckets.open(new BucketName(name));
    }
    buckets.close();
    assertThat(together).hasValue(COUNT);
  }
}
