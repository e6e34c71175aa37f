package dev.weir.e2e.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The table in a page: the rows between two marks, one for each scenario. */
final class ReliabilityPage {
  static final String BEGIN = "<!-- rows by e2e/soak -->\n";
  static final String END = "<!-- end of rows -->\n";
  private static final Pattern COMMAND = Pattern.compile("`e2e/soak (?:--\\S+ \\S+ )*([a-z-]+)`");

  private ReliabilityPage() {}

  /** Puts rows in the place of those of the same scenarios; all others stay as they are. */
  static void write(Path page, Collection<Row> rows) throws IOException {
    String text = Files.readString(page);
    int from = text.indexOf(BEGIN);
    int to = text.indexOf(END);
    if (from < 0 || to < from) {
      throw new IOException(page + " has no \"" + BEGIN.strip() + "\" and \"" + END.strip() + "\"");
    }
    Map<String, String> all = rows(text);
    rows.forEach(row -> all.put(row.scenario().name(), row.toString()));
    StringBuilder table = new StringBuilder(Row.HEAD);
    Catalogue.all().stream()
        .map(scenario -> all.get(scenario.name()))
        .filter(row -> row != null)
        .forEach(row -> table.append(row).append('\n'));
    Files.writeString(page, text.substring(0, from + BEGIN.length()) + table + text.substring(to));
  }

  /** The rows of a page, by scenario. */
  static Map<String, String> rows(String page) {
    Map<String, String> rows = new LinkedHashMap<>();
    page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END))
        .lines()
        .forEach(line ->
            COMMAND.matcher(line).results().forEach(command -> rows.put(command.group(1), line)));
    return rows;
  }
}
