package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a run ran on. */
final class Machine {
  private Machine() {}

  static void describe(Report report) throws IOException, InterruptedException {
    report.heading("Machine");
    report.table(
        List.of("what", "which"),
        List.of(
            List.of("processors", Runtime.getRuntime().availableProcessors() + " × " + model()),
            List.of(
                "system", System.getProperty("os.name") + " " + System.getProperty("os.version")),
            List.of(
                "Java",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version")
                    + ", heap of each process under test " + Workbench.HEAP_MEGABYTES + " MB"),
            List.of("nginx", Commands.output(List.of("nginx", "-v")).strip()),
            List.of(
                "load average before",
                Files.readString(Path.of("/proc/loadavg")).split(" ", 4)[0])));
    report.paragraph(
        "The load generator is wrk, on this machine too: one thread for each processor, at most one for each"
            + " connection. Rounds go round the sides in turn; each figure is the median of its rounds.");
  }

  private static String model() throws IOException {
    return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }
}
