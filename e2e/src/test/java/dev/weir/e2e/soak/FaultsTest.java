package dev.weir.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.Line;
import dev.weir.e2e.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault of the catalogue strikes once; faults of one plan share a line. */
class FaultsTest {
  @TempDir
  static Path directory;

  private static final Map<Plan, Line> LINES = new HashMap<>();

  static List<Scenario> scenarios() {
    return Catalogue.all();
  }

  @AfterAll
  static void stop() {
    LINES.values().forEach(Line::close);
    LINES.clear();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void costsNoMoreThanItMay(Scenario scenario) throws Exception {
    Line line = line(scenario.plan());
    boolean sound = false;
    try {
      long begun = System.nanoTime();
      Verdict verdict = Trial.run(line, scenario, Effort.SHORT);
      System.out.println(
          scenario + ": " + verdict + ", " + (System.nanoTime() - begun) / 1_000_000 + " ms");
      assertThat(verdict.defects()).isEmpty();
      sound = true;
    } finally {
      if (!sound) {
        LINES.remove(scenario.plan()).close(); // the next one gets a line that is in order
      }
    }
  }

  private static Line line(Plan plan) throws Exception {
    Line line = LINES.get(plan);
    if (line == null) {
      line = Line.start(Files.createTempDirectory(directory, "line"), plan);
      LINES.put(plan, line);
    }
    return line;
  }
}
