package dev.weir.cli;

import dev.weir.config.Durations;
import dev.weir.relay.fleet.Spoken;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.wire.GroupOrder;
import dev.weir.wire.Json;
import dev.weir.wire.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weir rewind}. */
@Command(
    name = "rewind",
    header = "Has a group replay again what it had.",
    description = {
      "Moves a group back: all that arrived since then, and is still there, is replayed again, save",
      "what is dead. Counts first; changes nothing without --yes."
    },
    sortOptions = false,
    footer = {
      "",
      "A bucket has what was delivered only as long as its keep says.",
      "WEIR_TOKEN in the environment is the token to show to the relay.",
      "",
      "Examples:",
      "  weir rewind --bucket shop --group default --to 2h",
      "  weir rewind --bucket shop --group audit --to oldest --yes"
    })
final class RewindCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Option(names = "--bucket", paramLabel = "NAME", required = true, description = "The bucket.")
  private @Nullable BucketName bucket;

  @Option(names = "--group", paramLabel = "NAME", required = true, description = "The group.")
  private @Nullable GroupName group;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      required = true,
      description = "Where to: oldest, a time ago such as 2h, or 2026-11-20T10:00:00Z.")
  private String to = "";

  @Mixin
  private final Consent consent = new Consent();

  @Mixin
  private final AdminOptions admin = new AdminOptions();

  @Override
  public Integer call() throws Exception {
    Long age = ageMs();
    GroupOrder.Done done;
    try (RelayDesk desk = admin.open()) {
      done = desk.order(
          Protocol.rewindPath(Objects.requireNonNull(bucket)),
          new GroupOrder(group, age, !consent.isGiven()),
          GroupOrder.Done.class);
    }
    if (admin.json()) {
      spec.commandLine()
          .getOut()
          .println(Json.text(Map.of("captures", done.captures(), "dryRun", !consent.isGiven())));
    } else {
      spec.commandLine()
          .getOut()
          .println(
              consent.tell(Spoken.count(done.captures()) + " captures", "are", "replayed again"));
    }
    return ExitCode.DONE;
  }

  private @Nullable Long ageMs() {
    if (to.equals("oldest")) {
      return null;
    }
    try {
      return Durations.parse(to).toMillis();
    } catch (IllegalArgumentException notAnAge) {
      try {
        return Math.max(0, Duration.between(Instant.parse(to), Instant.now()).toMillis());
      } catch (DateTimeParseException e) {
        throw new ParameterException(
            spec.commandLine(),
            "--to is oldest, a time ago such as 2h, or 2026-11-20T10:00:00Z, not \"" + to + "\"");
      }
    }
  }
}
