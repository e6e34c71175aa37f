package dev.weir.player.replay;

import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.config.Durations;
import dev.weir.player.target.TargetConfig;
import dev.weir.script.ScriptSettings;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.unit.Rate;
import dev.weir.wire.LeaseRequest.Order;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Work on one bucket, as the configuration has it.
 *
 * @param order how the captures of one session relate
 * @param concurrency how many attempts are under way at once
 * @param rate the most attempts a second; null: no limit
 * @param lease how long the relay keeps captures for this player alone
 * @param scripts hooks to run before and after each attempt, in order
 * @param batch how captures are gathered for {@code on_batch}; null: each goes for itself
 * @param targets beside {@code target}, those that a script may choose by name
 */
public record Replay(
    BucketName bucket,
    @Default("default") GroupName group,
    @Default("session") Order order,
    @Default("16") int concurrency,
    @Nullable Rate rate,
    @Default("60s") Duration lease,
    List<ScriptSettings> scripts,
    RetryRules retry,
    @Nullable BatchRules batch,
    TargetConfig target,
    Map<String, TargetConfig> targets) {
  private static final int MOST_AT_ONCE = 10_000;
  private static final Duration LONGEST_LEASE = Duration.ofHours(1);

  /** What a lease must be longer than the target's timeout. */
  public static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

  public Replay {
    scripts = List.copyOf(scripts);
    targets = Map.copyOf(targets);
    Duration timeout = longest(target, targets);
    Duration shortest = timeout.plus(LEASE_MARGIN);
    new Check()
        .that(
            concurrency >= 1 && concurrency <= MOST_AT_ONCE,
            "concurrency",
            "must be 1 to " + MOST_AT_ONCE)
        .that(
            lease.compareTo(shortest) >= 0,
            "lease",
            "a lease of " + Durations.format(lease)
                + " can run out during an attempt: the target's"
                + " timeout is " + Durations.format(timeout) + ", so write "
                + Durations.format(shortest) + " or more",
            "target.timeout")
        .that(
            lease.compareTo(LONGEST_LEASE) <= 0,
            "lease",
            "must be " + Durations.format(LONGEST_LEASE) + " or less")
        .end();
  }

  /** The longest that an attempt takes. */
  public Duration timeout() {
    return longest(target, targets);
  }

  private static Duration longest(TargetConfig target, Map<String, TargetConfig> targets) {
    return Stream.concat(Stream.of(target), targets.values().stream())
        .map(TargetConfig::timeout)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /** How many captures it takes to keep the target busy. */
  int fill() {
    return batch == null ? concurrency : Math.max(concurrency, batch.captures());
  }

  /** Whether the two would share their captures. */
  public boolean reads(Replay other) {
    return bucket.equals(other.bucket) && group.equals(other.group);
  }
}
