package dev.weir.cli;

import dev.weir.wire.GroupOrder;
import dev.weir.wire.Json;
import dev.weir.wire.Protocol;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code weir pause}. */
@Command(
    name = "pause",
    header = "Has a bucket or a group lease nothing.",
    description = {
      "Has a bucket, or one of its groups, lease nothing until it is resumed, restarts of the relay",
      "included. What is with players goes on, and captures still arrive. Acts at once."
    },
    sortOptions = false,
    footer = {
      "",
      "WEIR_TOKEN in the environment is the token to show to the relay.",
      "",
      "Examples:",
      "  weir pause --bucket shop",
      "  weir pause --bucket shop --group audit"
    })
final class PauseCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Mixin
  private final GroupOptions group = new GroupOptions();

  @Mixin
  private final AdminOptions admin = new AdminOptions();

  @Override
  public Integer call() throws Exception {
    try (RelayDesk desk = admin.open()) {
      desk.order(Protocol.pausePath(group.bucket()), new GroupOrder(group.group(), null, false));
    }
    spec.commandLine()
        .getOut()
        .println(admin.json() ? Json.text(Map.of("paused", true)) : group + " is paused");
    return ExitCode.DONE;
  }
}
