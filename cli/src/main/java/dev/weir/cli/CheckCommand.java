package dev.weir.cli;

import dev.weir.config.ConfigException;
import dev.weir.config.ConfigLoader;
import dev.weir.http.TlsFiles;
import dev.weir.player.Player;
import dev.weir.player.PlayerConfig;
import dev.weir.proxy.Proxy;
import dev.weir.proxy.ProxyConfig;
import dev.weir.relay.Relay;
import dev.weir.relay.RelayConfig;
import dev.weir.script.engine.ScriptException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir check}. */
@Command(
    name = "check",
    header = "Says what is wrong with a configuration.",
    description = {
      "Says everything that is wrong with a configuration, and starts nothing:",
      "keys, units, references, folders that cannot be written, files that cannot be read, scripts",
      "that do not start, certificates that nobody would accept."
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  weir check proxy.yaml",
      "  weir check --role relay /etc/weir/relay.d"
    })
final class CheckCommand implements Callable<Integer> {
  /** Whose configuration it can be; the names are those of the commands. */
  enum Role {
    PROXY(ProxyConfig.class),
    RELAY(RelayConfig.class),
    PLAYER(PlayerConfig.class);

    private final Class<? extends Record> config;

    Role(Class<? extends Record> config) {
      this.config = config;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Parameters(
      paramLabel = "FILE",
      description = "The file, or a folder of *.yaml files that are read as one.")
  private Path file = Path.of("");

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "Whose it is: proxy, relay or player. Default: told by its keys.")
  private @Nullable Role role;

  @Override
  public Integer call() throws ConfigException, ScriptException, Failure {
    Role known = role == null ? guess() : role;
    Record config = ConfigLoader.system().load(file, known.config);
    List<String> wrong = TlsFiles.check(config);
    if (!wrong.isEmpty()) {
      throw new Failure(ExitCode.CONFIGURATION, String.join(System.lineSeparator(), wrong), null);
    }
    if (config instanceof ProxyConfig proxy) {
      Proxy.check(proxy);
    } else if (config instanceof RelayConfig relay) {
      Relay.check(relay);
    } else if (config instanceof PlayerConfig player) {
      Player.check(player);
    }
    spec.commandLine().getOut().println(file + ": a good configuration for weir " + known);
    return ExitCode.DONE;
  }

  private Role guess() throws ConfigException {
    List<Class<? extends Record>> types =
        Stream.of(Role.values()).<Class<? extends Record>>map(r -> r.config).toList();
    Class<? extends Record> type = ConfigLoader.guess(file, types);
    if (type == null) {
      throw new ParameterException(
          spec.commandLine(),
          file + ": its keys do not tell whose configuration it is; add --role");
    }
    return Role.values()[types.indexOf(type)];
  }
}
