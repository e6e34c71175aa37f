package dev.weir.player;

import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.config.Durations;
import dev.weir.config.FileToRead;
import dev.weir.config.FolderToWrite;
import dev.weir.config.RelayConnection;
import dev.weir.player.target.TargetConfig;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.unit.ListenAddress;
import dev.weir.unit.Rate;
import dev.weir.wire.LeaseRequest.Order;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@code player.yaml} says.
 *
 * @param name a label for people
 * @param admin health, metrics and counters; on loopback only, as it asks for no token
 */
public record PlayerConfig(
    @Default("${HOSTNAME}") String name,
    @FolderToWrite Path data,
    RelayConnection relay,
    @Nullable ListenAddress admin,
    List<Replay> replays) {

  public PlayerConfig {
    replays = List.copyOf(replays);
    Check check = new Check();
    check.that(!replays.isEmpty(), "replays", "no replay: a player without one does nothing");
    check.that(
        admin == null || admin.isLoopback(),
        "admin",
        admin + " can be reached from other machines, and this listener asks for no token:"
            + " use a loopback address");
    for (int i = 0; i < replays.size(); i++) {
      for (int j = 0; j < i; j++) {
        check.that(
            !replays.get(i).reads(replays.get(j)),
            "replays[" + i + "].group",
            "there is a replay of bucket \"" + replays.get(i).bucket() + "\" for group \""
                + replays.get(i).group()
                + "\" already: two replays that should each see everything need two groups");
      }
    }
    check.end();
  }

  /**
   * Work on one bucket.
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
      @FileToRead List<Path> scripts,
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

    private boolean reads(Replay other) {
      return bucket.equals(other.bucket) && group.equals(other.group);
    }
  }

  /**
   * When an attempt that failed is made again, and when it is given up as dead.
   *
   * @param maxAge from the group's first attempt on
   */
  public record RetryRules(
      @Default("20") int maxAttempts,
      @Default("24h") Duration maxAge,
      @Default("1s") Duration minDelay,
      @Default("10m") Duration maxDelay) {
    public RetryRules {
      new Check()
          .that(maxAttempts >= 1, "max-attempts", "must be 1 or more")
          .that(!minDelay.isZero(), "min-delay", "must be more than nothing")
          .that(
              maxDelay.compareTo(minDelay) >= 0,
              "max-delay",
              "shorter than min-delay (" + Durations.format(minDelay) + ")",
              "min-delay")
          .end();
    }
  }
}
