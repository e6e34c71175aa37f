package dev.weir.cli;

import dev.weir.relay.fleet.Spoken;
import dev.weir.wire.GroupOrder;
import dev.weir.wire.Json;
import dev.weir.wire.Protocol;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir purge}. */
@Command(
    name = "purge",
    header = "Gives up what waits in a bucket.",
    description = {
      "Gives up the captures that wait, for one group or for all: they are counted as lost, purged.",
      "What is with players goes on. Counts first; changes nothing without --yes."
    },
    sortOptions = false,
    footer = {
      "",
      "WEIR_TOKEN in the environment is the token to show to the relay.",
      "",
      "Examples:",
      "  weir purge --bucket shop --group default --older-than 2h",
      "  weir purge --bucket shop --yes"
    })
final class PurgeCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Mixin
  private final GroupOptions group = new GroupOptions();

  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      description = "Only what arrived so long ago or earlier, such as 2h.")
  private @Nullable Duration olderThan;

  @Mixin
  private final Consent consent = new Consent();

  @Mixin
  private final AdminOptions admin = new AdminOptions();

  @Override
  public Integer call() throws Exception {
    GroupOrder.Done done;
    try (RelayDesk desk = admin.open()) {
      done = desk.order(
          Protocol.purgePath(group.bucket()),
          new GroupOrder(
              group.group(), olderThan == null ? null : olderThan.toMillis(), !consent.isGiven()),
          GroupOrder.Done.class);
    }
    if (admin.json()) {
      spec.commandLine()
          .getOut()
          .println(Json.text(Map.of("captures", done.captures(), "dryRun", !consent.isGiven())));
    } else {
      spec.commandLine()
          .getOut()
          .println(consent.tell(
              Spoken.count(done.captures()) + " waiting captures of " + group
                  + (group.group() == null ? ", counted for each group," : ""),
              "are",
              "given up"));
    }
    return ExitCode.DONE;
  }
}
