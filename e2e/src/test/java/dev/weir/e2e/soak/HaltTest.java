package dev.weir.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.Line;
import java.nio.file.Path;
import java.util.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HaltTest {
  static List<Scenario> scenarios() {
    List<Scenario> all = new ArrayList<>(CrashScenarios.ALL);
    all.addAll(StorageScenarios.ALL);
    return all.stream().filter(s -> Arrays.asList(System.getProperty("only", "").split(",")).contains(s.name())).toList();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void costsNoMoreThanItMay(Scenario scenario, @TempDir Path directory) throws Exception {
    try (Line line = Line.start(directory, scenario.plan())) {
      long begun = System.nanoTime();
      try {
      Verdict verdict = Trial.run(line, scenario, Effort.SHORT);
      System.out.println(
          scenario + ": " + verdict + ", " + (System.nanoTime() - begun) / 1_000_000 + " ms");
      assertThat(verdict.defects()).isEmpty();
      } finally {
        for (var r : dev.weir.e2e.Role.values()) { java.nio.file.Files.copy(line.log(r), Path.of("/tmp/st-" + scenario.name() + "-" + r + ".log"), java.nio.file.StandardCopyOption.REPLACE_EXISTING); }
      }
    }
  }
}
