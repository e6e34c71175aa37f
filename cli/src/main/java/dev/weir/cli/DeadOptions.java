package dev.weir.cli;

import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.wire.DeadPage;
import dev.weir.wire.DeadQuery;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Which dead captures a command means. Ages are those at its first call: however long it takes, it
 * means the same captures.
 */
final class DeadOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Option(
      names = "--bucket",
      paramLabel = "NAME",
      required = true,
      description = "The bucket whose dead they are.")
  private @Nullable BucketName bucket;

  @Option(names = "--group", paramLabel = "NAME", description = "Only those of this group.")
  private @Nullable GroupName group;

  @Option(names = "--number", paramLabel = "N", description = "Only the one of this number.")
  private @Nullable Long number;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Only those whose reason has this text; * stands for any.")
  private @Nullable String reason;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "Only those with this last answer, such as 503 or 5xx.")
  private @Nullable String status;

  @Option(names = "--method", paramLabel = "METHOD", description = "Only this method.")
  private @Nullable String method;

  @Option(
      names = "--path",
      paramLabel = "PATTERN",
      description = "Only these paths, such as /api/*; the query does not count.")
  private @Nullable String path;

  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      description = "Only those that are dead for longer, such as 2h.")
  private @Nullable Duration olderThan;

  @Option(
      names = "--newer-than",
      paramLabel = "TIME",
      description = "Only those that are not dead for so long.")
  private @Nullable Duration newerThan;

  /** When the first call went out, by the system's ticker; null: not yet. */
  private @Nullable Long began;

  BucketName bucket() {
    return Objects.requireNonNull(bucket);
  }

  private static @Nullable Long millis(@Nullable Duration time) {
    return time == null ? null : time.toMillis();
  }

  private DeadQuery query() {
    try {
      return new DeadQuery(
          group,
          number,
          reason,
          status,
          method,
          path,
          millis(olderThan),
          millis(newerThan),
          0,
          null,
          DeadQuery.MOST);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** Something that is done to each page. */
  interface Each {
    /** Whether to go on. */
    boolean page(DeadPage page) throws Failure, InterruptedException;
  }

  /**
   * Sends the query to {@code route}, a page at a time.
   *
   * @param through the highest number to look at; null: all
   * @param most so many at a time
   */
  void pages(RelayDesk desk, String route, @Nullable Long through, int most, Each each)
      throws Failure, InterruptedException {
    DeadQuery query = query();
    long after = 0;
    while (true) {
      DeadQuery next = query.page(after, through, most, elapsed());
      DeadPage page = desk.order(route, next, DeadPage.class);
      if (!each.page(page) || page.end()) {
        return;
      }
      after = page.last();
    }
  }

  private Duration elapsed() {
    long now = System.nanoTime();
    long since = began == null ? now : began;
    began = since;
    return Duration.ofNanos(now - since);
  }
}
