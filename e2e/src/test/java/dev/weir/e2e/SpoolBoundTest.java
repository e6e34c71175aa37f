package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.Line.Role;
import dev.weir.unit.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The relay is down and traffic does not stop: the spool drops its oldest and never grows beyond
 * its bound.
 */
class SpoolBoundTest {
  private static final long BOUND = 16L << 20;
  private static final Duration DOWN =
      Duration.ofSeconds(Integer.getInteger("weir.down-seconds", 60));

  @Test
  void theSpoolStaysWithinItsBoundAndCountsWhatItDrops(@TempDir Path directory) throws Exception {
    try (Line line = Line.start(directory, ByteSize.ofMegabytes(16))) {
      line.process(Role.RELAY).stop();
      Traffic traffic = new Traffic(line.front(), 16, 0, 1024);
      DiskUse disk = DiskUse.watch(line.data(Role.PROXY));
      try (traffic;
          disk) {
        traffic.start();
        long until = System.nanoTime() + DOWN.toNanos();
        Awaitility.await().atMost(DOWN.plusSeconds(30)).until(() -> System.nanoTime() - until > 0);
      }
      line.start(Role.RELAY);
      line.awaitRest(traffic);

      Verdict verdict = Verdict.of(line, traffic);
      System.out.printf(
          "relay down for %d s at full load: %,d requests, disk at most %,d of %,d bytes in %,d looks; %s%n",
          DOWN.toSeconds(), traffic.answers(), disk.most(), BOUND, disk.samples(), verdict);
      assertThat(verdict.faults()).isEmpty();
      assertThat(disk.most()).isBetween(BOUND / 2, BOUND);
      assertThat(disk.samples()).isGreaterThan(DOWN.toMillis() / 100);
      assertThat(traffic.failures()).isZero();
      assertThat(verdict.totals().lost()).isPositive().isEqualTo(verdict.missing());
      assertThat(verdict.totals().captured()).isEqualTo(traffic.sent());
    }
  }
}
