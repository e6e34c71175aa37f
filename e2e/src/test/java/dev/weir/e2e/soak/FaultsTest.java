package dev.weir.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.weir.e2e.Line;
import dev.weir.e2e.Plan;
import dev.weir.e2e.fault.Fault;
import dev.weir.e2e.fault.Spoilt;
import dev.weir.e2e.fault.Together;
import dev.weir.e2e.net.Toxic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault of the catalogue strikes once, for a short time. Scenarios of one plan share a line;
 * one that mostly waits for leases to run out has a line beside it.
 */
class FaultsTest {
  private static final String WAITS = "poison";
  private static final Map<Plan, Line> LINES = new HashMap<>();
  private static CompletableFuture<Verdict> waiting;

  @TempDir
  private static Path directory;

  /** All but one, which {@code KillTest} plays at length. */
  static List<Scenario> scenarios() {
    return Catalogue.all().stream()
        .filter(scenario -> !scenario.equals(Catalogue.KILL))
        .toList();
  }

  @BeforeAll
  static void start() {
    waiting = CompletableFuture.supplyAsync(() -> {
      Scenario scenario = Catalogue.named(WAITS);
      try (Line line = Line.start(Files.createTempDirectory(directory, "line"), scenario.plan())) {
        return Trial.run(line, scenario, Effort.SHORT);
      } catch (IOException | InterruptedException e) {
        throw new CompletionException(e);
      }
    });
  }

  @AfterAll
  static void stop() {
    LINES.values().forEach(Line::close);
    LINES.clear();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void costsNoMoreThanItMay(Scenario scenario) throws Exception {
    long begun = System.nanoTime();
    Verdict verdict = scenario.name().equals(WAITS) ? waiting.join() : play(scenario);
    System.out.printf(
        "%s: %s, %,d ms%n", scenario, verdict, (System.nanoTime() - begun) / 1_000_000);
    assertThat(verdict.defects()).isEmpty();
    assertThat(verdict.strikes()).hasSameSizeAs(scenario.faults().get());
    assertThat(verdict.delivered()).isPositive();
  }

  private static Verdict play(Scenario scenario) throws Exception {
    Line line = LINES.remove(scenario.plan());
    if (line == null) {
      line = Line.start(Files.createTempDirectory(directory, "line"), scenario.plan());
    }
    Verdict verdict = null;
    try {
      verdict = Trial.run(line, scenario, Effort.SHORT);
      return verdict;
    } finally {
      if (verdict != null && verdict.defects().isEmpty()) {
        LINES.put(scenario.plan(), line);
      } else {
        line.close(); // the next scenario gets one that is in order
      }
    }
  }

  @Test
  void everyFaultAndEveryToxicIsInAScenario() {
    List<Fault> faults = Catalogue.all().stream()
        .flatMap(scenario -> scenario.faults().get().stream())
        .flatMap(FaultsTest::parts)
        .toList();
    assertThat(classNames(faults.stream())).containsAll(implementations(Fault.class));
    assertThat(classNames(faults.stream()
            .filter(Spoilt.class::isInstance)
            .map(fault -> ((Spoilt) fault).toxic())))
        .containsAll(implementations(Toxic.class));
  }

  private static Stream<Fault> parts(Fault fault) {
    return fault instanceof Together together
        ? Stream.concat(Stream.of(fault), together.faults().stream().flatMap(FaultsTest::parts))
        : Stream.of(fault);
  }

  private static List<String> classNames(Stream<?> objects) {
    return objects.map(object -> object.getClass().getName()).distinct().toList();
  }

  private static List<String> implementations(Class<?> type) {
    JavaClasses classes = new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages(type.getPackageName());
    List<String> names = classes.stream()
        .filter(each -> each.isAssignableTo(type) && !each.isInterface())
        .filter(each -> !each.getModifiers().contains(JavaModifier.ABSTRACT))
        .map(JavaClass::getName)
        .toList();
    assertThat(names).hasSizeGreaterThan(3);
    return names;
  }

  @Test
  void everyScenarioHasARowWithoutImbalance() throws Exception {
    Map<String, String> rows =
        ReliabilityPage.rows(Files.readString(Path.of("../docs/reliability.md")));
    for (Scenario scenario : Catalogue.all()) {
      String row = Objects.requireNonNull(rows.get(scenario.name()), scenario.name());
      String[] cells = row.split("\\|", -1);
      assertThat(cells[1].strip()).isEqualTo(scenario.says());
      assertThat(cells[8].strip()).as("imbalance of " + scenario).isEqualTo("0");
    }
  }
}
