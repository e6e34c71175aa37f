package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.Line.Role;
import java.nio.file.Path;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The relay is away for a while, and production does not notice. */
class RelayOutageTest {
  private static final int PER_SECOND = 500;

  @Test
  void everythingArrivesOnceAndInOrderAfterAnOutage(@TempDir Path directory) throws Exception {
    try (Line line = Line.start(directory)) {
      Traffic traffic = new Traffic(line.front(), 8, PER_SECOND, 512);
      try (traffic) {
        traffic.start();
        awaitAnswers(traffic, 1_000);
        Histogram before = traffic.latency().copy();
        line.process(Role.RELAY).stop();
        awaitAnswers(traffic, 4_000);
        Histogram during = traffic.latency().copy();
        during.subtract(before);
        System.out.printf(
            "relay away under %d requests/s: p99 before %d us, during %d us%n",
            PER_SECOND, before.getValueAtPercentile(99), during.getValueAtPercentile(99));
        line.start(Role.RELAY);
        awaitAnswers(traffic, 5_000);
      }
      line.awaitRest(traffic);

      Verdict verdict = Verdict.of(line, traffic);
      System.out.println(verdict);
      assertThat(verdict.faults()).isEmpty();
      assertThat(traffic.failures()).isZero();
      assertThat(verdict.repeats()).isEmpty();
      assertThat(verdict.missing()).isZero();
      assertThat(verdict.totals().lost()).isZero();
    }
  }

  private static void awaitAnswers(Traffic traffic, long count) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> traffic.answers() >= count);
  }
}
