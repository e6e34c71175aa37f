package dev.weir.script.trial;

import dev.weir.script.ScriptSettings;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.runtime.TestMachine;
import dev.weir.script.trial.TestReport.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the {@code *_test.lua} of a folder. {@code foo_test.lua} tests {@code foo.lua} beside it; a
 * test without such a script tests the libraries. No network, no real clock.
 */
public final class ScriptTests {
  private static final String SUFFIX = "_test.lua";

  private ScriptTests() {}

  /** @throws IOException if the folder cannot be read */
  public static TestReport run(Path folder) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (Path file : tests(folder)) {
      cases.addAll(runFile(file));
    }
    return new TestReport(cases);
  }

  private static List<Path> tests(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  private static List<Case> runFile(Path file) {
    List<Case> cases = new ArrayList<>();
    String name = String.valueOf(file.getFileName());
    Path tested = file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()) + ".lua");
    try {
      TestMachine machine = TestMachine.load(ScriptSettings.of(file));
      for (TestMachine.Test test : machine.tests()) {
        long start = System.nanoTime();
        String failure = run(machine, test, Files.exists(tested) ? tested : null);
        cases.add(
            new Case(name, test.name(), Duration.ofNanos(System.nanoTime() - start), failure));
      }
      if (cases.isEmpty()) {
        cases.add(new Case(name, "(file)", Duration.ZERO, name + ": holds no test"));
      }
    } catch (ScriptException e) {
      cases.add(new Case(name, "(file)", Duration.ZERO, String.valueOf(e.getMessage())));
    }
    return cases;
  }

  private static @Nullable String run(
      TestMachine machine, TestMachine.Test test, @Nullable Path script) {
    try (TestBench bench = new TestBench(script)) {
      machine.run(test, bench.library());
      return null;
    } catch (ScriptException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
