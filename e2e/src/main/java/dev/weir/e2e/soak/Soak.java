package dev.weir.e2e.soak;

import dev.weir.config.Durations;
import dev.weir.e2e.Line;
import dev.weir.e2e.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Plays scenarios for as long as one wants, and prints the table. */
@Command(
    name = "e2e/soak",
    description = "Lets faults strike a line of real processes under load, and judges it.",
    mixinStandardHelpOptions = true)
public final class Soak implements Callable<Integer> {
  private static final Duration HOLD = Duration.ofSeconds(2);
  private static final long SEED = 42;

  /** After so long all must come to rest, and is counted. */
  private static final Duration TRIAL = Duration.ofSeconds(20);

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "how long in all, such as 10m; else each fault strikes --rounds times")
  private @Nullable Duration time;

  @Option(names = "--rounds", description = "how often each fault strikes: ${DEFAULT-VALUE}")
  private int rounds = 1;

  @Option(
      names = "--hold",
      paramLabel = "TIME",
      description = "how long a fault goes on at most: ${DEFAULT-VALUE}")
  private Duration hold = HOLD;

  @Option(names = "--seed", description = "of what is drawn: ${DEFAULT-VALUE}")
  private long seed = SEED;

  @Option(
      names = "--write",
      paramLabel = "PAGE",
      description = "puts the rows in the place of the same ones in this page")
  private @Nullable Path page;

  @Parameters(paramLabel = "SCENARIO", description = "which; none: all")
  private List<Scenario> chosen = new ArrayList<>();

  private final Map<Scenario, Row> rows = new LinkedHashMap<>();
  private volatile @Nullable Laid laid;
  private int played;
  private int defects;

  /** One line at a time: the machine may be small. */
  private record Laid(Plan plan, Line line) {}

  /** {@code e2e/soak}, in the top directory. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Soak())
        .registerConverter(Duration.class, Durations::parse)
        .registerConverter(Scenario.class, Catalogue::named)
        .execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    // whoever stops it leaves no process behind
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "close"));
    List<Scenario> scenarios = chosen.isEmpty() ? Catalogue.all() : chosen;
    Path directory = Files.createTempDirectory("weir-soak");
    try {
      for (Scenario scenario : scenarios) {
        play(scenario, directory, scenarios.size());
      }
    } finally {
      close();
    }
    System.out.print("\n" + Row.HEAD);
    rows.values().forEach(System.out::println);
    if (defects > 0) {
      System.out.println("\n" + defects + " defects; logs and data are in " + directory);
      return 1;
    }
    remove(directory);
    if (page != null) {
      ReliabilityPage.write(page, rows.values());
    }
    return 0;
  }

  private void play(Scenario scenario, Path directory, int share) throws InterruptedException {
    Duration each = time == null ? Duration.ZERO : time.dividedBy(share);
    String command = command(scenario, each);
    long end = System.nanoTime() + each.toNanos();
    boolean sound;
    do {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      Duration atLeast = left.compareTo(TRIAL) < 0 ? left : TRIAL;
      sound =
          play(scenario, command, new Effort(rounds, atLeast, hold, seed + played++), directory);
    } while (sound && System.nanoTime() - end < 0);
  }

  private boolean play(Scenario scenario, String command, Effort effort, Path directory)
      throws InterruptedException {
    List<String> found;
    try {
      Verdict verdict = Trial.run(line(scenario.plan(), directory), scenario, effort);
      System.out.println(scenario + ": " + verdict);
      rows.merge(scenario, Row.of(scenario, command, verdict), Row::plus);
      found = verdict.defects();
    } catch (IOException | IllegalStateException e) {
      found = List.of("could not be played: " + e.getMessage());
    }
    if (!found.isEmpty()) {
      found.forEach(defect -> System.out.println(scenario + ": DEFECT: " + defect));
      defects += found.size();
      close(); // the next one gets a line that is in order
    }
    return found.isEmpty();
  }

  /** What plays a scenario as now, alone. */
  private String command(Scenario scenario, Duration each) {
    StringBuilder command = new StringBuilder("e2e/soak ");
    if (!each.isZero()) {
      command.append("--for ").append(Math.max(1, each.toSeconds())).append("s ");
    }
    if (rounds != 1) {
      command.append("--rounds ").append(rounds).append(' ');
    }
    if (!hold.equals(HOLD)) {
      command.append("--hold ").append(Durations.format(hold)).append(' ');
    }
    if (seed != SEED) {
      command.append("--seed ").append(seed).append(' ');
    }
    return command.append(scenario.name()).toString();
  }

  private Line line(Plan plan, Path directory) throws IOException {
    Laid now = laid;
    if (now == null || !now.plan().equals(plan)) {
      close();
      now = new Laid(
          plan, Line.start(Files.createDirectory(directory.resolve("line-" + played)), plan));
      laid = now;
    }
    return now.line();
  }

  private void close() {
    Laid now = laid;
    laid = null;
    if (now != null) {
      now.line().close();
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> {
        try {
          Files.delete(file);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
  }
}
