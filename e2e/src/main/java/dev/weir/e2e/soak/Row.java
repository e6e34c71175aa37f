package dev.weir.e2e.soak;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a scenario has shown: a row of the table.
 *
 * @param command what plays it again
 * @param runs how often a fault struck
 */
public record Row(
    Scenario scenario,
    String command,
    long runs,
    long captured,
    long delivered,
    long dead,
    SortedMap<String, Long> lost,
    long repeats,
    long imbalance) {
  static final String HEAD = """
      | fault | runs | captured | delivered | dead | lost | again | imbalance | command |
      |---|---|---|---|---|---|---|---|---|
      """;

  public static Row of(Scenario scenario, String command, Verdict verdict) {
    return new Row(
        scenario,
        command,
        verdict.strikes().size(),
        verdict.captured(),
        verdict.delivered(),
        verdict.dead(),
        verdict.lost(),
        verdict.repeats(),
        verdict.imbalance());
  }

  /** Both together. */
  public Row plus(Row other) {
    SortedMap<String, Long> all = new TreeMap<>(lost);
    other.lost.forEach((reason, count) -> all.merge(reason, count, Long::sum));
    return new Row(
        scenario,
        command,
        runs + other.runs,
        captured + other.captured,
        delivered + other.delivered,
        dead + other.dead,
        all,
        repeats + other.repeats,
        imbalance + other.imbalance);
  }

  private String losses() {
    return lost.isEmpty()
        ? "0"
        : lost.entrySet().stream()
            .map(loss -> "%,d `%s`".formatted(loss.getValue(), loss.getKey()))
            .collect(Collectors.joining(", "));
  }

  /** As the table has it. */
  @Override
  public String toString() {
    return "| %s | %,d | %,d | %,d | %,d | %s | %,d | %,d | `%s` |"
        .formatted(
            scenario.says(),
            runs,
            captured,
            delivered,
            dead,
            losses(),
            repeats,
            imbalance,
            command);
  }
}
