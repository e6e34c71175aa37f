package dev.weir.config;

import java.util.Comparator;
import java.util.List;

/** A configuration that cannot be used; its message lists everything that is wrong with it. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1;

  /** A file with more wrong is no better known by reading on. */
  private static final int MOST_SHOWN = 100;

  private final int count;

  ConfigException(List<ConfigProblem> problems) {
    super(render(problems));
    this.count = problems.size();
  }

  /** How many things are wrong. */
  public int count() {
    return count;
  }

  private static String render(List<ConfigProblem> problems) {
    StringBuilder text = new StringBuilder();
    problems.stream()
        .sorted(Comparator.comparing((ConfigProblem p) -> p.place().text().name())
            .thenComparingInt(p -> p.place().line())
            .thenComparingInt(p -> p.place().column()))
        .limit(MOST_SHOWN)
        .forEach(p -> text.append(p).append('\n'));
    if (problems.size() > MOST_SHOWN) {
      text.append("… and ").append(problems.size() - MOST_SHOWN).append(" more\n");
    }
    return text.append(problems.size())
        .append(problems.size() == 1 ? " problem" : " problems")
        .toString();
  }
}
