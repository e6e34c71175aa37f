package dev.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.relay.fleet.Spoken;
import dev.weir.unit.BucketName;
import dev.weir.unit.Rate;
import dev.weir.wire.DeadDetail;
import dev.weir.wire.DeadPage;
import dev.weir.wire.DeadQuery;
import dev.weir.wire.Json;
import dev.weir.wire.Protocol;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir dead}. */
@Command(
    name = "dead",
    header = "Shows, redrives and gives up dead captures.",
    description = {
      "Shows the captures that could not be replayed, has them tried again, or gives them up.",
      "redrive and purge count first, and change nothing without --yes."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "WEIR_TOKEN in the environment is the token to show to the relay.",
      "",
      "Examples:",
      "  weir dead ls --bucket shop --status 5xx",
      "  weir dead show --bucket shop 17",
      "  weir dead redrive --bucket shop --reason timeout --rate 50/s --yes",
      "  weir dead purge --bucket shop --older-than 30d"
    })
final class DeadCommand implements Runnable {
  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  @Command(
      name = "ls",
      description = "Lists dead captures, the longest dead first.",
      footer = {"", "Examples:", "  weir dead ls --bucket shop --newer-than 1h --json"})
  int list(
      @Mixin AdminOptions admin,
      @Mixin DeadOptions dead,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "How many at most. Default: ${DEFAULT-VALUE}.")
          int limit)
      throws IOException, Failure, InterruptedException {
    Listing listing = new Listing(spec.commandLine().getOut(), admin.json(), limit);
    try (RelayDesk desk = admin.open()) {
      int most = Math.max(1, Math.min(limit, DeadQuery.MOST));
      dead.pages(desk, Protocol.deadListPath(dead.bucket()), null, most, listing);
    }
    if (listing.cut) {
      spec.commandLine().getErr().println("there may be more: raise --limit");
    }
    return ExitCode.DONE;
  }

  /** Prints the first so many; one thread's own. */
  private static final class Listing implements DeadOptions.Each {
    private final long now = System.currentTimeMillis();
    private final PrintWriter out;
    private final boolean json;
    private int left;
    private boolean cut;

    Listing(PrintWriter out, boolean json, int left) {
      this.out = out;
      this.json = json;
      this.left = left;
    }

    @Override
    public boolean page(DeadPage page) {
      int shown = Math.min(left, page.dead().size());
      for (DeadPage.Dead one : page.dead().subList(0, shown)) {
        out.println(json ? Json.text(one) : line(one, now));
      }
      out.flush();
      left -= shown;
      cut = shown < page.dead().size() || (left == 0 && !page.end());
      return left > 0;
    }
  }

  private static String line(DeadPage.Dead one, long nowMs) {
    return plain(String.join(
        "  ",
        Long.toString(one.number()),
        Spoken.millis(Math.max(0, nowMs - one.diedMs())) + " ago",
        one.group().value(),
        one.attempts() + " attempts",
        one.status() == 0 ? "no answer" : "status " + one.status(),
        one.method() + " " + one.target(),
        one.reason() + (one.due() ? " (is tried again)" : "")));
  }

  /** What comes from elsewhere must not steer the terminal. */
  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  @Command(
      name = "show",
      description = {
        "Prints all of a dead capture as JSON: request, reason, and the beginning of the last answer.",
        "What it prints is as secret as the traffic that was captured."
      },
      footer = {"", "Examples:", "  weir dead show --bucket shop 17"})
  int show(
      @Mixin AdminOptions admin,
      @Option(
              names = "--bucket",
              paramLabel = "NAME",
              required = true,
              description = "The bucket whose dead it is.")
          BucketName bucket,
      @Parameters(paramLabel = "N", description = "The number that weir dead ls gives.")
          long number)
      throws IOException, Failure {
    try (RelayDesk desk = admin.open()) {
      DeadDetail detail =
          desk.order(Protocol.deadShowPath(bucket), DeadQuery.of(number), DeadDetail.class);
      JsonNode tree = detail.readable();
      PrintWriter out = spec.commandLine().getOut();
      out.println(admin.json() ? tree.toString() : tree.toPrettyString());
      out.flush();
    }
    return ExitCode.DONE;
  }

  @Command(
      name = "redrive",
      description = {
        "Has dead captures tried again by their group. What is delivered is dead no more.",
        "Counts first; changes nothing without --yes."
      },
      footer = {
        "",
        "Examples:",
        "  weir dead redrive --bucket shop --status 503",
        "  weir dead redrive --bucket shop --path /api/* --rate 50/s --yes"
      })
  int redrive(
      @Mixin AdminOptions admin,
      @Mixin DeadOptions dead,
      @Option(
              names = "--rate",
              paramLabel = "RATE",
              description = "The most to make due, such as 50/s. Default: no limit.")
          @Nullable
          Rate rate,
      @Mixin Consent consent)
      throws IOException, Failure, InterruptedException {
    Sweep sweep =
        new Sweep(Protocol.deadRedrivePath(dead.bucket()), "to be tried again", rate, consent);
    return sweep.run(spec, admin, dead, one -> !one.due());
  }

  @Command(
      name = "purge",
      description = {
        "Gives dead captures up for good: they are counted as lost, purged.",
        "Counts first; changes nothing without --yes."
      },
      footer = {
        "",
        "Examples:",
        "  weir dead purge --bucket shop --older-than 30d",
        "  weir dead purge --bucket shop --number 17 --yes"
      })
  int purge(@Mixin AdminOptions admin, @Mixin DeadOptions dead, @Mixin Consent consent)
      throws IOException, Failure, InterruptedException {
    Sweep sweep = new Sweep(Protocol.deadPurgePath(dead.bucket()), "to be given up", null, consent);
    return sweep.run(spec, admin, dead, one -> true);
  }
}
