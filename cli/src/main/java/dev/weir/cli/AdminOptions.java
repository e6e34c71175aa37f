package dev.weir.cli;

import dev.weir.config.ClientTls;
import dev.weir.config.RelayConnection;
import dev.weir.config.Secret;
import dev.weir.unit.Origin;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command of an operator reaches the relay. */
final class AdminOptions {
  private static final String TOKEN_VARIABLE = "WEIR_TOKEN";

  @Option(
      names = "--admin",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:7071",
      description = "The relay's admin listener. Default: ${DEFAULT-VALUE}.")
  private Origin url = Origin.parse("http://127.0.0.1:7071");

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "The authorities to trust, as PEM. Default: those of Java.")
  private @Nullable Path ca;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  /** The token comes from the environment, where nobody can list it. */
  RelayDesk open() throws IOException {
    String token = System.getenv(TOKEN_VARIABLE);
    return RelayDesk.open(new RelayConnection(
        url,
        token == null || token.isEmpty() ? null : new Secret(token),
        ca == null ? null : new ClientTls(ca, null, null)));
  }
}
