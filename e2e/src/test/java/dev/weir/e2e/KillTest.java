package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.soak.Catalogue;
import dev.weir.e2e.soak.Effort;
import dev.weir.e2e.soak.Trial;
import dev.weir.e2e.soak.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of every role at random moments under load; the ledger must balance all the same.
 */
class KillTest {
  private static final int KILLS_PER_ROLE = Integer.getInteger("weir.kills", 10);
  private static final Effort EFFORT =
      new Effort(KILLS_PER_ROLE, Duration.ZERO, Duration.ZERO, Long.getLong("weir.seed", 42));
  private static final int MANY = 100;

  @Test
  void whatWasCommittedArrivesAndTheRestIsCounted(@TempDir Path directory) throws Exception {
    try (Line line = Line.start(directory, Catalogue.KILL.plan())) {
      Verdict verdict = Trial.run(line, Catalogue.KILL, EFFORT);
      verdict
          .strikes()
          .forEach(strike -> System.out.printf(
              "%-13s with %,6d captures in flight%n", strike.fault(), strike.inFlight()));
      System.out.println(verdict);
      assertThat(verdict.defects()).isEmpty();
      assertThat(
              verdict.strikes().stream().filter(kill -> kill.inFlight() > MANY).count())
          .as("kills with more than %d captures in flight", MANY)
          .isGreaterThanOrEqualTo(KILLS_PER_ROLE * 3L * 25 / 30);
    }
  }
}
