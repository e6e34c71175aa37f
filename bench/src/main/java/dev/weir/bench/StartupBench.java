package dev.weir.bench;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.e2e.Weir;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From the start of a role's process to its word that it is ready, with empty data. */
final class StartupBench implements Section {
  private static final String JAR = "java -jar";
  private static final String LAUNCHER = "./weir";
  private static final Map<String, Integer> AIM_MILLIS = Map.of(JAR, 500, LAUNCHER, 300);

  @Override
  public void run(Report report, Effort effort) throws IOException, InterruptedException {
    report.heading("Start-up");
    report.paragraph("Milliseconds from exec to ready, median of " + effort.starts()
        + ": by java -jar, and by ./weir, which keeps an archive of loaded classes.");
    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put(JAR, Weir.command());
    commands.put(LAUNCHER, List.of(Path.of("weir").toAbsolutePath().toString()));
    List<List<String>> rows = new ArrayList<>();
    int started = 0;
    try (Workbench bench = Workbench.open("startup")) {
      for (String role : List.of("proxy", "relay", "player")) {
        Map<String, List<Double>> millis = new LinkedHashMap<>();
        for (int i = 0; i <= effort.starts(); i++) {
          for (Map.Entry<String, List<String>> command : commands.entrySet()) {
            Path data = bench.folder(role + "-" + started++);
            double took = start(command.getValue(), bench, flags(role, data));
            if (i > 0) { // the first reads the disk and makes the archive
              millis.computeIfAbsent(command.getKey(), key -> new ArrayList<>()).add(took);
            }
          }
        }
        List<String> row = new ArrayList<>(List.of(role));
        millis.forEach((command, all) -> {
          double median = Rounds.median(all.stream().mapToDouble(Double::doubleValue));
          row.add(Report.count(median));
          int aim = AIM_MILLIS.getOrDefault(command, 0);
          report.aim(
              role + " ready by " + command,
              "≤ " + aim + " ms",
              Report.count(median) + " ms",
              median <= aim);
        });
        rows.add(row);
      }
    }
    report.table(List.of("role", JAR, LAUNCHER), rows);
    report.aims();
  }

  private static List<String> flags(String role, Path data) throws IOException {
    List<String> flags = new ArrayList<>(List.of(role, "--data", data.toString()));
    switch (role) {
      case "proxy" ->
        flags.addAll(List.of(
            "--listen",
            "127.0.0.1:0",
            "--to",
            "http://127.0.0.1:9",
            "--relay",
            "http://127.0.0.1:9"));
      case "relay" -> flags.addAll(List.of("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"));
      default ->
        flags.addAll(List.of("--to", "http://127.0.0.1:9", "--relay", "http://127.0.0.1:9"));
    }
    return flags;
  }

  private static double start(List<String> command, Workbench bench, List<String> flags)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    RoleProcess role = RoleProcess.start(command, bench.folder("talk.log"), flags);
    double millis = (System.nanoTime() - begun) / 1e6;
    role.kill();
    return millis;
  }
}
