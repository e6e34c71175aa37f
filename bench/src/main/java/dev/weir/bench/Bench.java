package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs the sections and writes their figures. Started by {@code bench/run}, in the top directory.
 */
final class Bench {
  static final Path TARGET = Path.of("bench", "target");

  private static final String USAGE =
      "bench/run [--quick] [--only proxy|outage|line|player|startup|hooks|fidelity|jmh]";
  private static final Duration ENDING = Duration.ofSeconds(5);

  private static final Map<String, Section> DEFAULT = new LinkedHashMap<>();
  private static final Map<String, Section> ON_DEMAND = new LinkedHashMap<>();

  static {
    DEFAULT.put("proxy", new ProxyBench());
    DEFAULT.put("outage", new OutageBench());
    DEFAULT.put("line", new LineBench());
    DEFAULT.put("player", new PlayerBench());
    DEFAULT.put("startup", new StartupBench());
    ON_DEMAND.put("hooks", new HookBench());
    ON_DEMAND.put("fidelity", new FidelityBench());
    ON_DEMAND.put("jmh", new PartsBench());
  }

  private Bench() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Effort effort = Effort.FULL;
    Map<String, Section> sections = DEFAULT;
    for (int i = 0; i < args.length; i++) {
      String name = i + 1 < args.length ? args[i + 1] : "";
      Section only = ON_DEMAND.getOrDefault(name, DEFAULT.get(name));
      if (args[i].equals("--quick")) {
        effort = Effort.QUICK;
      } else if (args[i].equals("--only") && only != null) {
        sections = Map.of(name, only);
        i++;
      } else {
        System.err.println(USAGE);
        System.exit(2);
      }
    }
    Runtime.getRuntime().addShutdownHook(new Thread(Bench::endAll, "end-all"));
    run(sections, effort);
  }

  private static void run(Map<String, Section> sections, Effort effort)
      throws IOException, InterruptedException {
    Report report = new Report();
    Machine.describe(report);
    if (effort.equals(Effort.QUICK)) {
      report.paragraph("A quick run: it shows that everything works, and its figures mean little.");
    }
    long begun = System.nanoTime();
    for (Map.Entry<String, Section> section : sections.entrySet()) {
      try {
        section.getValue().run(report, effort);
      } catch (IOException e) {
        report.failed(section.getKey(), e);
      }
    }
    report.conclude();
    report.paragraph("\nTook " + (System.nanoTime() - begun) / 1_000_000_000 + " s.");
    Path file = Files.createDirectories(TARGET).resolve("bench.md");
    report.write(file);
    System.err.println("written to " + file);
  }

  /** Whatever the run was doing when it was told to stop, nothing that it started outlives it. */
  private static void endAll() {
    long until = System.nanoTime() + ENDING.toNanos();
    List<ProcessHandle> left = running();
    left.forEach(ProcessHandle::destroy);
    try {
      while (!left.isEmpty() && System.nanoTime() - until < 0) {
        TimeUnit.MILLISECONDS.sleep(50);
        left = running();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    left.forEach(ProcessHandle::destroyForcibly);
  }

  private static List<ProcessHandle> running() {
    return ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).toList();
  }
}
