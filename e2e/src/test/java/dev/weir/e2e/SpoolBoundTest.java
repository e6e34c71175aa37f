package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.fault.Cost;
import dev.weir.e2e.soak.Strike;
import dev.weir.e2e.soak.Verdict;
import dev.weir.ledger.LossReason;
import dev.weir.unit.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The relay is down and traffic does not stop: the spool drops its oldest and never grows beyond
 * its bound.
 */
class SpoolBoundTest {
  private static final Plan PLAN = Plan.DIRECT.withSpool(ByteSize.ofMegabytes(16));
  private static final Cost COST = Cost.losing(LossReason.EVICTED, LossReason.QUEUE_FULL);
  private static final long BOUND = 16L << 20;
  private static final Duration DOWN =
      Duration.ofSeconds(Integer.getInteger("weir.down-seconds", 60));

  @Test
  void theSpoolStaysWithinItsBoundAndCountsWhatItDrops(@TempDir Path directory) throws Exception {
    try (Line line = Line.start(directory, PLAN)) {
      Books before = line.books();
      line.process(Role.RELAY).stop();
      long down = System.nanoTime();
      Traffic traffic = line.traffic(new Traffic.Load(16, 0, 1024));
      DiskUse disk = DiskUse.watch(line.data(Role.PROXY));
      try (traffic;
          disk) {
        traffic.start();
        long until = System.nanoTime() + DOWN.toNanos();
        Awaitility.await().atMost(DOWN.plusSeconds(30)).until(() -> System.nanoTime() - until > 0);
      }
      line.start(Role.RELAY);

      Strike outage = new Strike("relay away", COST, down, System.nanoTime(), 0);
      Verdict verdict = Verdict.atRest(line, before, traffic, List.of(outage));
      System.out.printf(
          "relay down for %d s at full load: %,d requests, disk at most %,d of %,d bytes in %,d looks; %s%n",
          DOWN.toSeconds(), traffic.answers(), disk.most(), BOUND, disk.samples(), verdict);
      assertThat(verdict.defects()).isEmpty();
      assertThat(disk.most()).isBetween(BOUND / 2, BOUND);
      assertThat(disk.samples()).isGreaterThan(DOWN.toMillis() / 100);
      assertThat(verdict.losses()).isPositive().isEqualTo(verdict.missing());
      assertThat(verdict.captured()).isEqualTo(traffic.sent());
    }
  }
}
