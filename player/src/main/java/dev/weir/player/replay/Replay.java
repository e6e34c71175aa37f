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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work on one bucket, as the configuration has it.
 *
 * @param order how the captures of one session relate
 * @param concurrency how many attempts are under way at once
 * @param rate the most attempts a second; null: no limit
 * @param lease how long the relay keeps captures for this player alone
 * @param scripts hooks to run before and after each attempt, in order
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
    TargetConfig target) {
  private static final int MOST_AT_ONCE = 10_000;
  private static final Duration LONGEST_LEASE = Duration.ofHours(1);

  /** What a lease must be longer than the target's timeout. */
  public static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

  public Replay {
    scripts = List.copyOf(scripts);
    Duration shortest = target.timeout().plus(LEASE_MARGIN);
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
                + " timeout is " + Durations.format(target.timeout()) + ", so write "
                + Durations.format(shortest) + " or more",
            "target.timeout")
        .that(
            lease.compareTo(LONGEST_LEASE) <= 0,
            "lease",
            "must be " + Durations.format(LONGEST_LEASE) + " or less")
        .end();
  }

  /** Whether the two would share their captures. */
  public boolean reads(Replay other) {
    return bucket.equals(other.bucket) && group.equals(other.group);
  }
}
