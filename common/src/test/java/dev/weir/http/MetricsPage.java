package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Holds {@code docs/reference/metrics.md} to what a role answers a scrape with. */
public final class MetricsPage {
  private static final Path PAGE = Path.of("../docs/reference/metrics.md");
  private static final Pattern HELP =
      Pattern.compile("(?m)^# HELP (\\S+) (.+)\n# TYPE \\S+ (\\w+)$");
  private static final Pattern SAMPLE = Pattern.compile("(?m)^(\\w+)\\{(.+)} \\S+$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

  private MetricsPage() {}

  /**
   * Checks that the section lists what was scraped, all of it and nothing else.
   *
   * @param scrape in which every figure is there once at least
   */
  public static void explains(String section, String scrape) throws IOException {
    Map<String, TreeSet<String>> labels = new HashMap<>();
    for (MatchResult sample : SAMPLE.matcher(scrape).results().toList()) {
      for (MatchResult label : LABEL.matcher(sample.group(2)).results().toList()) {
        labels.computeIfAbsent(sample.group(1), n -> new TreeSet<>()).add(label.group(1));
      }
    }
    List<String> rows = HELP.matcher(scrape)
        .results()
        .map(help -> "| `" + help.group(1) + "` | " + help.group(3) + " | "
            + String.join(", ", labels.getOrDefault(help.group(1), new TreeSet<>())) + " | "
            + help.group(2) + " |")
        .toList();
    assertThat(rows).isNotEmpty();
    assertThat(rows(section)).containsExactlyInAnyOrderElementsOf(rows);
  }

  private static List<String> rows(String section) throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf("## " + section + "\n");
    assertThat(start).as("section " + section).isPositive();
    int end = page.indexOf("\n## ", start);
    return page.substring(start, end < 0 ? page.length() : end)
        .lines()
        .filter(line -> line.startsWith("| `"))
        .toList();
  }
}
