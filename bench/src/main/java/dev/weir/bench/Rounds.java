package dev.weir.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Load runs that went round the sides in turn, A B C, A B C …, so that a noisy minute of the
 * machine is shared by all; what is compared is medians.
 */
final class Rounds {
  private final Map<Side, List<Round>> rounds;

  private Rounds(Map<Side, List<Round>> rounds) {
    this.rounds = rounds;
  }

  /** Runs the load {@code times} against each side. */
  static Rounds alternate(Wrk wrk, List<Side> sides, Load load, int times)
      throws IOException, InterruptedException {
    Map<Side, List<Round>> rounds = new LinkedHashMap<>();
    sides.forEach(side -> rounds.put(side, new ArrayList<>()));
    for (int i = 0; i < times; i++) {
      for (Side side : sides) {
        of(rounds, side).add(wrk.run(side, load));
        Cpu.awaitQuiet(
            Stream.concat(side.inTheWay().stream(), side.behind().stream()).toList());
      }
    }
    return new Rounds(rounds);
  }

  private static List<Round> of(Map<Side, List<Round>> rounds, Side side) {
    return Objects.requireNonNull(rounds.get(side), side.name());
  }

  double median(Side side, ToDoubleFunction<Round> figure) {
    return median(of(rounds, side).stream().mapToDouble(figure));
  }

  static double median(DoubleStream figures) {
    double[] sorted = figures.sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Requests a second of one side by those of the other. */
  double ratio(Side side, Side other) {
    return median(side, Round::perSecond) / median(other, Round::perSecond);
  }

  /** One row for each side. */
  void print(Report report) {
    List<List<String>> rows = new ArrayList<>();
    rounds.forEach((side, all) -> rows.add(List.of(
        side.name(),
        Report.count(median(side, Round::perSecond)),
        Report.count(all.stream().mapToDouble(Round::perSecond).min().orElse(0)) + "–"
            + Report.count(all.stream().mapToDouble(Round::perSecond).max().orElse(0)),
        Report.micros(median(side, Round::p50Micros)),
        Report.micros(median(side, Round::p99Micros)),
        side.inTheWay().isEmpty() ? "–" : Report.micros(median(side, Round::cpuMicros)),
        side.behind().isEmpty() ? "–" : Report.micros(median(side, Round::cpuBehindMicros)),
        Long.toString(all.stream().mapToLong(Round::errors).sum()))));
    report.table(
        List.of(
            "side",
            "requests/s",
            "lowest–highest",
            "p50 µs",
            "p99 µs",
            "CPU µs/request",
            "CPU µs/request behind",
            "errors"),
        rows);
  }
}
