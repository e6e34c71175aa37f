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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** At full speed, with readers that come and go. */
class SpoolBoundsTest {
  private static final ByteSize LIMIT = ByteSize.ofMegabytes(16);
  private static final Duration FULL_SPEED = Duration.ofSeconds(2);

  @TempDir(factory = InMemoryTempDir.class)
  Path directory;

  @Test
  void neverTakesMoreDiskThanItMay() throws Exception {
    SpoolSettings settings =
        new SpoolSettings(directory, LIMIT, Duration.ofDays(1), new ByteSize(0));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Spool spool = SqliteSpool.open(settings, Map.of(), InstantSource.system())) {
      long end = System.nanoTime() + FULL_SPEED.toNanos();
      AtomicLong appended = new AtomicLong();
      List<Future<Long>> results = new ArrayList<>();
      Callable<Long> appending = () -> append(spool);
      Callable<Long> reading = () -> readFrom(spool, spool.state().first());
      Callable<Long> jumping = () ->
          readFrom(spool, ThreadLocalRandom.current().nextLong(1, spool.state().next() + 1));
      Callable<Long> measuring = () -> {
        TimeUnit.MILLISECONDS.sleep(10);
        return SegmentFiles.bytes(directory);
      };
      results.add(threads.submit(() -> most(end, appending, appended)));
      results.add(threads.submit(() -> most(end, reading, new AtomicLong())));
      results.add(threads.submit(() -> most(end, jumping, new AtomicLong())));
      Future<Long> bytes = threads.submit(() -> most(end, measuring, new AtomicLong()));
      for (Future<Long> result : results) {
        result.get();
      }

      assertThat(bytes.get()).isLessThanOrEqualTo(LIMIT.bytes());
      assertThat(appended.get() * 1_000).isGreaterThan(2 * LIMIT.bytes());
      assertThat(spool.state().next()).isEqualTo(appended.get() + 1);
      long lost =
          spool.state().lost().values().stream().mapToLong(Long::longValue).sum();
      assertThat(spool.state().waiting() + lost).isEqualTo(appended.get());
      assertThat(spool.state().used().bytes()).isGreaterThan(LIMIT.bytes() / 2);
    } finally {
      threads.shutdownNow();
    }
  }

  private static long most(long end, Callable<Long> step, AtomicLong sum) throws Exception {
    long most = 0;
    while (System.nanoTime() < end) {
      long result = step.call();
      sum.addAndGet(result);
      most = Math.max(most, result);
    }
    return most;
  }

  private static long append(Spool spool) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      frames.add(new byte[1_000]);
    }
    Append answer = spool.append(frames, Map.of(), WhenFull.DROP_OLDEST);
    return answer instanceof Append.Done ? frames.size() : 0;
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
