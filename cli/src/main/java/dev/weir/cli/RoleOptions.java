package dev.weir.cli;

import dev.weir.cli.signal.Signals;
import dev.weir.config.ConfigException;
import dev.weir.config.ConfigLoader;
import dev.weir.config.Reloading;
import dev.weir.loop.Running;
import dev.weir.script.engine.ScriptException;
import dev.weir.unit.ListenAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What the commands that run a role have in common: a file or flags, then serving. */
final class RoleOptions {
  /** More than any role takes to drain. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String TOKEN_VARIABLE = "WEIR_TOKEN";

  @Spec(Target.MIXEE)
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Read all from this file, or from the *.yaml of this folder.")
  private @Nullable Path file;

  /** The file's configuration, or that of the flags. */
  private <C extends Record> C read(Class<C> type, QuickFlags quick)
      throws ConfigException, Failure {
    ConfigLoader loader = ConfigLoader.system();
    if (file != null) {
      refuseOtherFlags();
      return loader.load(file, type);
    }
    try {
      return loader.of(quick.values(), type);
    } catch (ConfigException e) {
      throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private void refuseOtherFlags() {
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (!option.longestName().equals("--config")) {
        throw new ParameterException(
            spec.commandLine(),
            option.longestName() + " and --config do not go together: write it into the file");
      }
    }
  }

  /** How to reach the relay; the token comes from the environment, where nobody can list it. */
  static QuickFlags relay(String flag, String url) {
    String token = System.getenv(TOKEN_VARIABLE);
    return new QuickFlags()
        .put("url", flag, url)
        .put("token", TOKEN_VARIABLE, token == null || token.isEmpty() ? null : token);
  }

  /** The value of a flag that the quick mode cannot do without. */
  String required(String flag, @Nullable String value) {
    if (value == null && file == null) {
      throw new ParameterException(
          spec.commandLine(), "no " + flag + ": give it, or a file with --config");
    }
    return value == null ? "" : value;
  }

  /**
   * Runs the role until it is told to stop; returns the exit code.
   *
   * @param quick what the flags say, where no file is given
   * @throws Failure if flags are wrong
   * @throws ConfigException if the file is wrong
   */
  <C extends Record> int serve(
      Roles.Start<C> start,
      Class<C> type,
      QuickFlags quick,
      Function<C, Map<String, ListenAddress>> listeners)
      throws ConfigException, IOException, InterruptedException, Failure {
    C config = read(type, quick);
    Path from = file;
    Reloading.Source<C> again =
        from == null ? () -> config : () -> ConfigLoader.system().load(from, type);
    try (Signals signals = Signals.install(PATIENCE);
        Running running = started(start, config, again, listeners)) {
      signals.onHangUp(running::reload);
      StringBuilder ready = new StringBuilder("ready ").append(spec.name());
      running
          .addresses()
          .forEach((purpose, address) ->
              ready.append(' ').append(purpose).append('=').append(address));
      spec.commandLine().getOut().println(ready);
      spec.commandLine().getOut().flush();
      signals.await();
    }
    return ExitCode.DONE;
  }

  private <C extends Record> Running started(
      Roles.Start<C> start,
      C config,
      Reloading.Source<C> again,
      Function<C, Map<String, ListenAddress>> listeners)
      throws IOException, Failure {
    try {
      return start.start(config, again);
    } catch (ScriptException e) {
      throw new Failure(
          ExitCode.CONFIGURATION,
          "a script does not start, and nothing does without it: " + e.getMessage(),
          e);
    } catch (IOException e) {
      throw BusyPort.explain(e, listeners.apply(config), file == null);
    }
  }
}
