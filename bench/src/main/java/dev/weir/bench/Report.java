package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The figures as Markdown: printed as they come, and kept for the file. One thread's own. */
final class Report {
  private final StringBuilder text = new StringBuilder();
  private final List<List<String>> aims = new ArrayList<>();
  private final List<String> missed = new ArrayList<>();

  void heading(String title) {
    line("\n## " + title + "\n");
  }

  void subheading(String title) {
    line("\n### " + title + "\n");
  }

  void paragraph(String sentences) {
    line(sentences + "\n");
  }

  void table(List<String> headers, List<List<String>> rows) {
    line(row(headers));
    line(row(headers.stream().map(header -> "---").toList()));
    rows.forEach(row -> line(row(row)));
    line("");
  }

  private static String row(List<String> cells) {
    return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
  }

  /** Something that should be so, and whether it is; shown by {@link #aims}. */
  void aim(String what, String wanted, String figure, boolean met) {
    aims.add(List.of(what, wanted, figure, met ? "met" : "**MISSED**"));
    if (!met) {
      missed.add(what + ": " + figure + ", wanted " + wanted);
    }
  }

  void atLeast(String what, double bound, double figure) {
    aim(what, "≥ " + decimal(bound), ratio(figure), figure >= bound);
  }

  void atMost(String what, double bound, double figure) {
    aim(what, "≤ " + decimal(bound), ratio(figure), figure <= bound);
  }

  /** Shows the aims since the last time. */
  void aims() {
    table(List.of("aim", "wanted", "figure", "verdict"), aims);
    aims.clear();
  }

  /** A section could not be run to its end: its aims are missed. */
  void failed(String section, IOException why) {
    aims.clear();
    paragraph("**FAILED**: " + why.getMessage());
    missed.add(section + ": failed, " + why.getMessage());
  }

  /** Ends with what was missed, all of it together. */
  void conclude() {
    heading("Missed");
    if (missed.isEmpty()) {
      paragraph("Nothing: every aim was met.");
    } else {
      missed.forEach(aim -> line("- " + aim));
    }
  }

  void write(Path file) throws IOException {
    Files.writeString(file, text);
  }

  private void line(String line) {
    text.append(line).append('\n');
    System.out.println(line);
  }

  static String count(double figure) {
    return String.format(Locale.ROOT, "%,.0f", figure);
  }

  static String micros(double figure) {
    return figure < 100 ? decimal(figure) : count(figure);
  }

  static String ratio(double figure) {
    return String.format(Locale.ROOT, "%.3f", figure);
  }

  static String decimal(double figure) {
    return String.format(Locale.ROOT, figure < 10 ? "%.2f" : "%.1f", figure);
  }
}
