package dev.weir.cli;

import dev.weir.config.AdminListener;
import dev.weir.proxy.ProxyConfig;
import dev.weir.proxy.source.SourceConfig;
import dev.weir.unit.ListenAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir proxy}. */
@Command(
    name = "proxy",
    header = "Runs a proxy: captures requests to a service.",
    description = "Runs a proxy: passes requests on to a service and captures a copy of each.",
    sortOptions = false,
    footer = {
      "",
      "WEIR_TOKEN in the environment is the token to show to the relay.",
      "",
      "Examples:",
      "  weir proxy --listen :8080 --to http://localhost:3000 --bucket shop",
      "  weir proxy -c proxy.yaml"
    })
final class ProxyCommand implements Callable<Integer> {
  /** Named as its flag, so that the ready line says {@code listen=…}. */
  private static final String SOURCE = "listen";

  private final Roles roles;

  @Mixin
  private final RoleOptions options = new RoleOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8080",
      description = "Where clients come. Default: ${DEFAULT-VALUE}.")
  private String listen = "";

  @Option(names = "--to", paramLabel = "URL", description = "The service behind.")
  private @Nullable String to;

  @Option(
      names = "--relay",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:7070",
      description = "Where captures go. Default: ${DEFAULT-VALUE}.")
  private String relay = "";

  @Option(
      names = "--bucket",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "The queue on the relay. Default: ${DEFAULT-VALUE}.")
  private String bucket = "";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "weir-data/proxy",
      description = "Where captures wait. Default: ${DEFAULT-VALUE}.")
  private String data = "";

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description = "Health, metrics and counters. Default: none.")
  private @Nullable String admin;

  @Option(
      names = "--script",
      paramLabel = "FILE",
      description = "Lua hooks to run on each capture. May be repeated.")
  private List<String> scripts = new ArrayList<>();

  ProxyCommand(Roles roles) {
    this.roles = roles;
  }

  @Override
  public Integer call() throws Exception {
    QuickFlags source = new QuickFlags()
        .put("type", "proxy", "http")
        .put("name", "proxy", SOURCE)
        .put("listen", "--listen", listen)
        .put("to", "--to", options.required("--to", to))
        .put("buckets", "--bucket", List.of(bucket))
        .put("scripts", "--script", scripts);
    return options.serve(
        roles.proxy(),
        ProxyConfig.class,
        new QuickFlags()
            .put("data", "--data", data)
            .put("relay", RoleOptions.relay("--relay", relay))
            .put("admin", "--admin", admin)
            .putOne("sources", source)
            .put("buckets", new QuickFlags().put(bucket, new QuickFlags())),
        ProxyCommand::listeners);
  }

  private static Map<String, ListenAddress> listeners(ProxyConfig config) {
    Map<String, ListenAddress> listeners = new LinkedHashMap<>();
    for (int i = 0; i < config.sources().size(); i++) {
      SourceConfig source = config.sources().get(i);
      ListenAddress listen = source.listen();
      if (listen != null) {
        listeners.put("sources[" + i + "].listen", listen);
      }
    }
    AdminListener admin = config.admin();
    if (admin != null) {
      listeners.put("admin", admin.listen());
    }
    return listeners;
  }
}
