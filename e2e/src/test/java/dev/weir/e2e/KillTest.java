package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.Line.Role;
import dev.weir.e2e.NumberedSite.Repeat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of every role at random moments under load; the ledger must balance all the same.
 */
class KillTest {
  private static final int KILLS_PER_ROLE = Integer.getInteger("weir.kills", 10);
  private static final int PER_SECOND = 2_000;
  private static final int MANY = 100;

  /** One role's end, by the test's own clock. */
  private record Kill(Role role, long atNanos, long upAgainNanos, long inFlight) {}

  @Test
  void whatWasCommittedArrivesAndTheRestIsCounted(@TempDir Path directory) throws Exception {
    SplittableRandom random = new SplittableRandom(Long.getLong("weir.seed", 42));
    List<Kill> kills = new ArrayList<>();
    try (Line line = Line.start(directory)) {
      Traffic traffic = new Traffic(line.front(), 8, PER_SECOND, 512);
      try (traffic) {
        traffic.start();
        for (int i = 0; i < KILLS_PER_ROLE; i++) {
          for (Role role : Role.values()) {
            kills.add(kill(line, role, traffic, random));
          }
        }
      }
      line.awaitRest(traffic);

      Verdict verdict = Verdict.of(line, traffic);
      kills.forEach(kill -> System.out.printf(
          "killed %-6s with %,6d captures in flight%n", kill.role(), kill.inFlight()));
      System.out.println(verdict);
      assertThat(verdict.faults()).isEmpty();
      assertThat(unexplained(verdict.repeats(), kills)).isEmpty();
      assertThat(kills.stream().filter(kill -> kill.inFlight() > MANY).count())
          .as("kills with more than %d captures in flight", MANY)
          .isGreaterThanOrEqualTo(KILLS_PER_ROLE * 3L * 25 / 30);
    }
  }

  private static Kill kill(Line line, Role role, Traffic traffic, SplittableRandom random)
      throws Exception {
    long target = traffic.answers() + random.nextInt(500, 2_500);
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(60))
        .until(() -> traffic.answers() >= target);
    long inFlight = traffic.answers() - line.target().distinct();
    long at = System.nanoTime();
    line.process(role).kill();
    line.start(role);
    return new Kill(role, at, System.nanoTime(), inFlight);
  }

  /**
   * A number may come again only if a player or the relay died between its first coming and the
   * settle.
   */
  private static List<Repeat> unexplained(List<Repeat> repeats, List<Kill> kills) {
    return repeats.stream()
        .filter(repeat -> kills.stream()
            .noneMatch(kill -> kill.role() != Role.PROXY
                && repeat.firstAtNanos() < kill.upAgainNanos()
                && kill.atNanos() < repeat.againAtNanos()))
        .toList();
  }
}
