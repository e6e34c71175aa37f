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

/** {@code weir resume}. */
@Command(
    name = "resume",
    header = "Has a paused bucket or group lease again.",
    description = {
      "Ends a pause. A bucket that was paused as a whole is resumed as a whole: what was paused",
      "group by group stays so."
    },
    sortOptions = false,
    footer = {
      "",
      "WEIR_TOKEN in the environment is the token to show to the relay.",
      "",
      "Examples:",
      "  weir resume --bucket shop",
      "  weir resume --bucket shop --group audit"
    })
final class ResumeCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Mixin
  private final GroupOptions group = new GroupOptions();

  @Mixin
  private final AdminOptions admin = new AdminOptions();

  @Override
  public Integer call() throws Exception {
    try (RelayDesk desk = admin.open()) {
      desk.order(Protocol.resumePath(group.bucket()), new GroupOrder(group.group(), null, false));
    }
    spec.commandLine()
        .getOut()
        .println(admin.json() ? Json.text(Map.of("paused", false)) : group + " leases again");
    return ExitCode.DONE;
  }
}
