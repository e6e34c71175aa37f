package dev.weir.cli;

import dev.weir.relay.RelayConfig;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir relay}. */
@Command(
    name = "relay",
    header = "Runs a relay: holds captures in buckets.",
    description = {
      "Runs a relay: holds captures in buckets until players have replayed them.",
      "Without a file, buckets appear on first use."
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  weir relay --listen 127.0.0.1:7070 --data /var/lib/weir/relay",
      "  weir relay -c relay.yaml"
    })
final class RelayCommand implements Callable<Integer> {
  private final Roles roles;

  @Mixin
  private final RoleOptions options = new RoleOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where proxies and players come. Default: 127.0.0.1:7070.")
  private @Nullable String listen;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description = "Page, health and metrics. Default: 127.0.0.1:7071.")
  private @Nullable String admin;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "weir-data/relay",
      description = "Where buckets are kept. Default: ${DEFAULT-VALUE}.")
  private String data = "";

  RelayCommand(Roles roles) {
    this.roles = roles;
  }

  @Override
  public Integer call() throws Exception {
    return options.serve(
        roles.relay(),
        RelayConfig.class,
        new QuickFlags()
            .put("listen", "--listen", listen)
            .put("admin", "--admin", admin)
            .put("data", "--data", data)
            .put("create-buckets", "relay", "true"),
        c -> Map.of("listen", c.listen(), "admin", c.admin()));
  }
}
