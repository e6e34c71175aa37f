package dev.weir.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.spool.Spool.Append;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** At full speed, with readers that come and go. */
class SpoolBoundsTest {
  private static final ByteSize LIMIT = ByteSize.ofMegabytes(16);
  private static final int BATCH = 1_000;
  private static final int FRAME_BYTES = 1_000;
  private static final int BATCHES = 60;

  @TempDir(factory = InMemoryTempDir.class)
  Path directory;

  @Test
  void neverTakesMoreDiskThanItMay() throws Exception {
    SpoolSettings settings =
        new SpoolSettings(directory, LIMIT, Duration.ofDays(1), new ByteSize(0));
    ExecutorService threads = Executors.newFixedThreadPool(3);
    AtomicBoolean done = new AtomicBoolean();
    try (Spool spool = SqliteSpool.open(settings, Map.of(), InstantSource.system())) {
      Future<Long> reading =
          threads.submit(() -> most(done, () -> readFrom(spool, spool.state().first())));
      Future<Long> jumping = threads.submit(() -> most(
          done,
          () -> readFrom(
              spool, ThreadLocalRandom.current().nextLong(1, spool.state().next() + 1))));
      Future<Long> bytes = threads.submit(() -> most(done, () -> SegmentFiles.bytes(directory)));
      for (int i = 0; i < BATCHES; i++) {
        append(spool);
      }
      done.set(true);

      assertThat(reading.get() + jumping.get()).isPositive();
      assertThat(bytes.get()).isBetween(LIMIT.bytes() / 2, LIMIT.bytes());
      assertThat(spool.state().next()).isEqualTo(BATCHES * BATCH + 1);
      long lost =
          spool.state().lost().values().stream().mapToLong(Long::longValue).sum();
      assertThat(spool.state().waiting() + lost).isEqualTo(BATCHES * BATCH);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Repeats a step every few milliseconds; the most that it ever answered. */
  private static long most(AtomicBoolean done, Callable<Long> step) throws Exception {
    long most = 0;
    while (!done.get()) {
      most = Math.max(most, step.call());
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
    return most;
  }

  private static void append(Spool spool) throws IOException {
    List<byte[]> frames = Collections.nCopies(BATCH, new byte[FRAME_BYTES]);
    assertThat(spool.append(frames, Map.of(), WhenFull.DROP_OLDEST))
        .isInstanceOf(Append.Done.class);
  }

  /** A read of frames and gaps without a hole, whatever is dropped meanwhile. */
  private static long readFrom(Spool spool, long from) throws IOException {
    List<Entry> entries = spool.read(from, 500, ByteSize.ofMegabytes(1));
    long at = entries.isEmpty() ? from : entries.get(0).from();
    for (Entry entry : entries) {
      assertThat(entry.from()).isEqualTo(at);
      at = entry.through() + 1;
    }
    return at - from;
  }
}
