package dev.weir.cli.demo;

import dev.weir.cli.signal.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weir demo}. */
@Command(
    name = "demo",
    description =
        "Proxy, relay, player and two small sites with live traffic; prints the page's address.",
    footer = {"", "Examples:", "  weir demo", "  weir demo --duration 10s --json"})
public final class DemoCommand implements Callable<Integer> {
  /** More than it takes to settle and to stop the roles. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "End by itself after this time, such as 10s.")
  private @Nullable Duration duration;

  @Option(names = "--json", description = "Print the summary as one line of JSON.")
  private boolean json;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "20",
      description = "Requests a second that the customers make (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Keep data and logs here (default: a temporary directory, removed at the end).")
  private @Nullable Path data;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (rate < 1) {
      throw new ParameterException(spec.commandLine(), "--rate is 1 or more, not " + rate);
    }
    Path directory = data == null ? Files.createTempDirectory("weir-demo") : data;
    try (Signals signals = Signals.install(PATIENCE)) {
      Demo.Options options = new Demo.Options(weir(), duration, json, rate, directory);
      return new Demo(options, System.out, System.err).run(signals) ? 0 : 1;
    } finally {
      if (data == null) {
        delete(directory);
      }
    }
  }

  /**
   * The command that started this process, less its arguments. Ctrl-C reaches every process of a
   * terminal: the roles ignore it, so that they are stopped in order.
   */
  private static List<String> weir() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return List.of(
        "sh",
        "-c",
        "trap '' INT; exec \"$@\"",
        "sh",
        java,
        "-Xmx256m",
        "-cp",
        System.getProperty("java.class.path"),
        "dev.weir.cli.Weir");
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
