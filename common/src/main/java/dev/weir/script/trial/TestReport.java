package dev.weir.script.trial;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What became of the Lua tests of a folder. */
public record TestReport(List<Case> cases) {
  public TestReport {
    cases = List.copyOf(cases);
  }

  /**
   * One test.
   *
   * @param failure with file and line; null: it passed
   */
  public record Case(
      String file, String name, Duration took, @Nullable String failure) {}

  public long failures() {
    return cases.stream().filter(each -> each.failure() != null).count();
  }

  public boolean passed() {
    return failures() == 0;
  }

  /** For people: a line a file, then what failed. */
  public void print(Appendable out) throws IOException {
    for (String file : cases.stream().map(Case::file).distinct().toList()) {
      List<Case> own = cases.stream().filter(each -> each.file().equals(file)).toList();
      Duration took = own.stream().map(Case::took).reduce(Duration.ZERO, Duration::plus);
      long failed = own.stream().filter(each -> each.failure() != null).count();
      out.append(String.format(
          Locale.ROOT,
          "%s: tests run: %d, failures: %d, time elapsed: %.3f s%n",
          file,
          own.size(),
          failed,
          took.toNanos() / 1e9));
      for (Case each : own) {
        if (each.failure() != null) {
          out.append(String.format("  %s%n    %s%n", each.name(), each.failure()));
        }
      }
    }
    out.append(String.format("tests run: %d, failures: %d%n", cases.size(), failures()));
  }

  /** In the XML form of JUnit, which build servers read. */
  public String xml() {
    StringBuilder xml = new StringBuilder(String.format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>%n<testsuite name=\"weir\" tests=\"%d\" failures=\"%d\">%n",
        cases.size(), failures()));
    for (Case each : cases) {
      xml.append(String.format(
          Locale.ROOT,
          "  <testcase classname=\"%s\" name=\"%s\" time=\"%.3f\"",
          escaped(each.file()),
          escaped(each.name()),
          each.took().toNanos() / 1e9));
      String failure = each.failure();
      xml.append(
          failure == null
              ? String.format("/>%n")
              : String.format("><failure message=\"%s\"/></testcase>%n", escaped(failure)));
    }
    return xml.append(String.format("</testsuite>%n")).toString();
  }

  private static String escaped(String text) {
    return text.replaceAll("[\\p{Cntrl}]", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
