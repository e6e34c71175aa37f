package dev.weir.bench;

import dev.weir.bench.Load.Method;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator, wrk, and how many requests it has sent to whom. One thread's own. */
final class Wrk {
  private static final Pattern FIGURES =
      Pattern.compile("(?m)^figures (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)$");

  /** Longer than a slow mirror holds a connection. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Path script;
  private final Map<String, Long> answered = new HashMap<>();
  private final Map<String, Long> underWay = new HashMap<>();

  private Wrk(Path script) {
    this.script = script;
  }

  static Wrk in(Path directory) throws IOException {
    Path script = directory.resolve("wrk.lua");
    try (InputStream text = Objects.requireNonNull(Wrk.class.getResourceAsStream("wrk.lua"))) {
      Files.copy(text, script);
    }
    return new Wrk(script);
  }

  /** Sends for the load's time and returns when it is over. */
  Round run(Side side, Load load) throws IOException, InterruptedException {
    int threads = Math.min(load.connections(), Runtime.getRuntime().availableProcessors());
    Duration cpu = Cpu.of(side.inTheWay());
    Duration cpuBehind = Cpu.of(side.behind());
    String said = Commands.output(List.of(
        "wrk",
        "-t" + threads,
        "-c" + load.connections(),
        "-d" + load.time().toSeconds() + "s",
        "-s" + script,
        "--timeout=" + TIMEOUT.toSeconds() + "s",
        "http://" + side.address() + "/",
        load.method() == Method.POST ? "POST" : "GET"));
    Matcher figures = FIGURES.matcher(said);
    if (!figures.find()) {
      throw new IOException("wrk gave no figures for " + side.name() + ": " + said);
    }
    Round round = new Round(
        Long.parseLong(figures.group(1)),
        micros(figures.group(2)),
        micros(figures.group(3)),
        micros(figures.group(4)),
        Long.parseLong(figures.group(5)),
        Cpu.of(side.inTheWay()).minus(cpu),
        Cpu.of(side.behind()).minus(cpuBehind));
    answered.merge(side.address(), round.requests(), Long::sum);
    underWay.merge(side.address(), (long) load.connections(), Long::sum);
    return round;
  }

  private static Duration micros(String text) {
    return Duration.ofNanos(1_000 * Long.parseLong(text));
  }

  /** Requests of all runs so far that the side answered. */
  long answered(Side side) {
    return answered.getOrDefault(side.address(), 0L);
  }

  /**
   * At most so many more were under way when a run ended: the side has seen them, wrk not counted.
   */
  long underWay(Side side) {
    return underWay.getOrDefault(side.address(), 0L);
  }
}
