package dev.weir.cli;

import dev.weir.config.AdminListener;
import dev.weir.player.PlayerConfig;
import dev.weir.unit.ListenAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir player}. */
@Command(
    name = "player",
    header = "Runs a player: replays captures to a site.",
    description = {
      "Runs a player: takes captures from a bucket and replays them to a site.",
      "A site given with --to gets every method, POST and DELETE too."
    },
    sortOptions = false,
    footer = {
      "",
      "WEIR_TOKEN in the environment is the token to show to the relay.",
      "",
      "Examples:",
      "  weir player --relay http://relay:7070 --bucket shop --to http://staging:3000",
      "  weir player -c player.yaml"
    })
final class PlayerCommand implements Callable<Integer> {
  private final Roles roles;

  @Mixin
  private final RoleOptions options = new RoleOptions();

  @Option(
      names = "--relay",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:7070",
      description = "Where captures come from. Default: ${DEFAULT-VALUE}.")
  private String relay = "";

  @Option(
      names = "--bucket",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "The queue on the relay. Default: ${DEFAULT-VALUE}.")
  private String bucket = "";

  @Option(names = "--to", paramLabel = "URL", description = "The site to replay to.")
  private @Nullable String to;

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description = "Players of one group share the work. Default: default.")
  private @Nullable String group;

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      description = "What stays in order: session, none or bucket. Default: session.")
  private @Nullable String order;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "weir-data/player",
      description = "Where the player keeps its own state. Default: ${DEFAULT-VALUE}.")
  private String data = "";

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description = "Health, metrics and counters. Default: none.")
  private @Nullable String admin;

  @Option(
      names = "--script",
      paramLabel = "FILE",
      description = "Lua hooks to run around each attempt. May be repeated.")
  private List<String> scripts = new ArrayList<>();

  PlayerCommand(Roles roles) {
    this.roles = roles;
  }

  @Override
  public Integer call() throws Exception {
    QuickFlags target = new QuickFlags()
        .put("type", "player", "http")
        .put("to", "--to", options.required("--to", to))
        .put("allow-unsafe-methods", "player", "true");
    QuickFlags replay = new QuickFlags()
        .put("bucket", "--bucket", bucket)
        .put("group", "--group", group)
        .put("order", "--order", order)
        .put("scripts", "--script", scripts)
        .put("target", target);
    return options.serve(
        roles.player(),
        PlayerConfig.class,
        new QuickFlags()
            .put("data", "--data", data)
            .put("relay", RoleOptions.relay("--relay", relay))
            .put("admin", "--admin", admin)
            .putOne("replays", replay),
        PlayerCommand::listeners);
  }

  private static Map<String, ListenAddress> listeners(PlayerConfig config) {
    AdminListener admin = config.admin();
    return admin == null ? Map.of() : Map.of("admin", admin.listen());
  }
}
