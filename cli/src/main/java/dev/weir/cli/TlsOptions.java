package dev.weir.cli;

import dev.weir.config.ConfigException;
import dev.weir.config.ConfigLoader;
import dev.weir.config.RelayConnection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command trusts the relay that it calls, and proves itself to it. */
final class TlsOptions {
  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "The authorities to trust, as PEM. Default: those of Java.")
  private @Nullable String ca;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "The certificate to show where the relay asks for one, as PEM.")
  private @Nullable String certificate;

  @Option(names = "--key", paramLabel = "FILE", description = "The key of --cert, as PEM.")
  private @Nullable String key;

  /**
   * The token comes from the environment, where nobody can list it.
   *
   * @param flag that gave the address
   */
  RelayConnection connection(String flag, String url) throws Failure {
    QuickFlags connection = RoleOptions.relay(flag, url);
    if (ca != null || certificate != null || key != null) {
      connection.put(
          "tls",
          new QuickFlags()
              .put("ca", "--ca", ca)
              .put("certificate", "--cert", certificate)
              .put("key", "--key", key));
    }
    try {
      return ConfigLoader.system().of(connection.values(), RelayConnection.class);
    } catch (ConfigException e) {
      throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }
}
