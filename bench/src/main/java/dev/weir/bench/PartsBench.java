package dev.weir.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** JMH for the parts. */
final class PartsBench implements Section {
  @Override
  public void run(Report report, Effort effort) throws IOException {
    report.heading("Parts");
    List<List<String>> rows = new ArrayList<>();
    try {
      for (RunResult run : new Runner(new OptionsBuilder()
              .include("dev\\.weir\\.bench\\.jmh\\.")
              .forks(1)
              .warmupIterations(effort.rounds())
              .warmupTime(TimeValue.milliseconds(effort.round().toMillis()))
              .measurementIterations(effort.rounds())
              .measurementTime(TimeValue.milliseconds(effort.round().toMillis()))
              .shouldFailOnError(true)
              .build())
          .run()) {
        Result<?> result = run.getPrimaryResult();
        rows.add(List.of(
            name(run.getParams()),
            Report.decimal(result.getScore()),
            Double.isNaN(result.getScoreError()) ? "–" : Report.decimal(result.getScoreError()),
            result.getScoreUnit()));
      }
    } catch (RunnerException e) {
      throw new IOException("a benchmark failed: " + e.getMessage(), e);
    }
    report.table(List.of("part", "score", "± (99.9 %)", "unit"), rows);
  }

  /** Class, method and parameters. */
  private static String name(BenchmarkParams benchmark) {
    StringBuilder name =
        new StringBuilder(benchmark.getBenchmark().replaceFirst(".*\\.jmh\\.", ""));
    for (String key : benchmark.getParamsKeys()) {
      name.append(", ").append(key).append(' ').append(benchmark.getParam(key));
    }
    return name.toString();
  }
}
