package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.soak.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The relay is away for a while, and production does not notice. */
class RelayOutageTest {
  private static final int PER_SECOND = 500;

  @Test
  void everythingArrivesOnceAndInOrderAfterAnOutage(@TempDir Path directory) throws Exception {
    try (Line line = Line.start(directory, Plan.DIRECT)) {
      Books begun = line.books();
      Traffic traffic = line.traffic(new Traffic.Load(8, PER_SECOND, 512));
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
        assertThat(during.getValueAtPercentile(99))
            .as("micros: production is not held up")
            .isLessThan(TimeUnit.SECONDS.toMicros(1));
        line.start(Role.RELAY);
        awaitAnswers(traffic, 5_000);
      }
      // no fault excuses anything: none was lost, none came twice, no customer went away empty
      Verdict verdict = Verdict.atRest(line, begun, traffic, List.of());
      System.out.println(verdict);
      assertThat(verdict.defects()).isEmpty();
      assertThat(verdict.delivered()).isEqualTo(traffic.sent());
    }
  }

  private static void awaitAnswers(Traffic traffic, long count) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> traffic.answers() >= count);
  }
}
