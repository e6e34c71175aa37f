package dev.weir.cli;

import dev.weir.relay.fleet.Spoken;
import dev.weir.relay.fleet.Stats;
import dev.weir.relay.fleet.Stats.BucketRow;
import dev.weir.relay.fleet.Stats.GroupRow;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.wire.GroupOrder;
import dev.weir.wire.Json;
import dev.weir.wire.Protocol;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weir group}. */
@Command(
    name = "group",
    header = "Shows groups, and forgets one.",
    description = "Shows the readers of buckets, and forgets one that is not needed any more.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "WEIR_TOKEN in the environment is the token to show to the relay.",
      "",
      "Examples:",
      "  weir group ls",
      "  weir group forget --bucket shop --group audit --yes"
    })
final class GroupCommand implements Runnable {
  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  @Command(
      name = "ls",
      description = "Lists the groups of all buckets, or of one.",
      footer = {"", "Examples:", "  weir group ls --bucket shop --json"})
  int list(
      @Mixin AdminOptions admin,
      @Option(names = "--bucket", paramLabel = "NAME", description = "This bucket alone.") @Nullable
          BucketName bucket)
      throws IOException, Failure {
    PrintWriter out = spec.commandLine().getOut();
    try (RelayDesk desk = admin.open()) {
      List<BucketRow> rows = desk.get("/v1/stats", Stats.class).buckets().stream()
          .filter(row -> bucket == null || bucket.value().equals(row.name()))
          .toList();
      if (bucket != null && rows.isEmpty()) {
        throw new Failure(ExitCode.FAILED, "there is no bucket \"" + bucket + "\" there", null);
      }
      for (BucketRow row : rows) {
        row.groups()
            .forEach(group -> out.println(admin.json() ? json(row, group) : line(row, group)));
      }
    }
    out.flush();
    return ExitCode.DONE;
  }

  private static String json(BucketRow bucket, GroupRow group) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("bucket", bucket.name());
    said.put("group", group);
    return Json.text(said);
  }

  private static String line(BucketRow bucket, GroupRow group) {
    boolean paused = group.pausedMs() != null || bucket.pausedMs() != null;
    return String.join(
        "  ",
        bucket.name(),
        group.name(),
        paused ? "paused" : group.silent() ? "silent" : "ready",
        Spoken.count(group.delivered()) + " delivered",
        Spoken.count(group.open()) + " open",
        Spoken.count(group.dead()) + " dead",
        Spoken.count(group.lost().values().stream().mapToLong(Long::longValue).sum()) + " lost",
        "heard " + Spoken.millis(group.unheardMs()) + " ago");
  }

  @Command(
      name = "forget",
      description = {
        "Forgets a group: its place in the bucket, its dead, and its books.",
        "Changes nothing without --yes. A player that asks for it makes it anew."
      },
      footer = {"", "Examples:", "  weir group forget --bucket shop --group audit --yes"})
  int forget(
      @Mixin AdminOptions admin,
      @Option(names = "--bucket", paramLabel = "NAME", required = true, description = "The bucket.")
          BucketName bucket,
      @Option(names = "--group", paramLabel = "NAME", required = true, description = "The group.")
          GroupName group,
      @Mixin Consent consent)
      throws IOException, Failure {
    try (RelayDesk desk = admin.open()) {
      desk.order(Protocol.forgetPath(bucket), new GroupOrder(group, null, !consent.isGiven()));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (admin.json()) {
      out.println(Json.text(Map.of("dryRun", !consent.isGiven())));
    } else {
      out.println(
          consent.tell("group \"" + group + "\" of bucket \"" + bucket + "\"", "is", "forgotten"));
    }
    out.flush();
    return ExitCode.DONE;
  }
}
