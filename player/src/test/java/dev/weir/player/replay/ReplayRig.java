package dev.weir.player.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Capture;
import dev.weir.player.feed.FaultyFeed;
import dev.weir.player.feed.Feed;
import dev.weir.player.feed.InMemoryFeed;
import dev.weir.player.target.Attempts;
import dev.weir.player.target.RecordingTarget;
import dev.weir.player.target.Target;
import dev.weir.player.target.TargetConfig;
import dev.weir.player.target.TargetContext;
import dev.weir.script.Hook;
import dev.weir.script.PlayerHook;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.unit.Rate;
import dev.weir.wire.LeaseRequest.Order;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A replay between a bucket in memory and a target that records, with a clock set by hand. */
abstract class ReplayRig {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MOST_STEPS = 100_000;

  long now = 1_000_000;
  int steps;
  InMemoryFeed bucket = new InMemoryFeed(Order.SESSION, () -> now);
  FaultyFeed feed = new FaultyFeed(bucket);
  final RecordingTarget target = new RecordingTarget();
  Replayer replayer = replayer(Order.SESSION, 16, null, PlayerHook.NONE, true);

  final void use(Order order) {
    bucket = new InMemoryFeed(order, () -> now);
    feed = new FaultyFeed(bucket);
    replayer = replayer(order, 16, null, PlayerHook.NONE, true);
  }

  final Replayer replayer(
      Order order, int concurrency, @Nullable Rate rate, PlayerHook hook, boolean mayChange) {
    return replayer(feed, order, concurrency, rate, hook, mayChange);
  }

  final Replayer replayer(
      Feed from,
      Order order,
      int concurrency,
      @Nullable Rate rate,
      PlayerHook hook,
      boolean mayChange) {
    Replay config = new Replay(
        new BucketName("shop"),
        new GroupName("default"),
        order,
        concurrency,
        rate,
        Duration.ofSeconds(60),
        List.of(),
        new RetryRules(5, Duration.ofHours(24), Duration.ofSeconds(1), Duration.ofMinutes(10)),
        null,
        new NoConfig(mayChange),
        Map.of());
    Targets targets = new Targets(new Targets.Choice(target, config.target()), Map.of());
    return new Replayer(config, from, targets, hook, () -> now, new Random(7));
  }

  record NoConfig(boolean mayChange) implements TargetConfig {
    @Override
    public String label() {
      return "recorded";
    }

    @Override
    public Duration timeout() {
      return TIMEOUT;
    }

    @Override
    public Target open(TargetContext context) {
      throw new AssertionError("the target is there already");
    }
  }

  /** Lets the time go by, and the replay and the bucket do what is due. */
  final void advance(Duration duration) {
    long until = now + duration.toNanos();
    while (true) {
      Duration pause = step();
      bucket.step();
      while (pause.isZero()) {
        pause = step();
      }
      if (now >= until) {
        return;
      }
      long most = Duration.ofMillis(500).toNanos(); // what the bucket does of itself
      now = Math.min(until, now + Math.min(most, Math.max(1, pause.toNanos())));
    }
  }

  private Duration step() {
    assertThat(++steps).as("steps: it must not spin").isLessThan(MOST_STEPS);
    return replayer.step();
  }

  static Capture capture(String session, String target) {
    return Attempts.get(session, target).capture();
  }

  static Capture capture(String session, dev.weir.capture.Request request) {
    Capture capture = Attempts.of(request).capture();
    return new Capture(
        capture.source(),
        capture.kind(),
        capture.capturedAt(),
        session,
        capture.request(),
        null,
        Map.of());
  }

  static Hook.Emission emission(Capture capture) {
    return new Hook.Emission(capture, Set.of());
  }
}
