package dev.weir.cli;

import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a command of an operator reaches the relay. */
final class AdminOptions {
  @Option(
      names = "--admin",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:7071",
      description = "The relay's admin listener. Default: ${DEFAULT-VALUE}.")
  private String url = "";

  @Mixin
  private final TlsOptions tls = new TlsOptions();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  RelayDesk open() throws IOException, Failure {
    return RelayDesk.open(tls.connection("--admin", url));
  }
}
