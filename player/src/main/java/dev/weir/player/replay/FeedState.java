package dev.weir.player.replay;

import dev.weir.loop.Backoff;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the feed can be talked to, and if not, when to try again. Logs when that changes. The
 * replay's thread's own.
 */
final class FeedState {
  private static final Logger LOG = LoggerFactory.getLogger(FeedState.class);
  private static final Duration SHORTEST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final String bucket;
  private final Backoff backoff;
  private boolean reachable = true;
  private long lostAt;
  private long retryAt;

  FeedState(String bucket, RandomGenerator random) {
    this.bucket = bucket;
    this.backoff = new Backoff(SHORTEST, LONGEST, random);
  }

  boolean isReachable() {
    return reachable;
  }

  void answered(long now) {
    if (!reachable) {
      reachable = true;
      backoff.reset();
      LOG.info(
          "bucket \"{}\": the relay is back after {} s",
          bucket,
          Duration.ofNanos(now - lostAt).toSeconds());
    }
  }

  /** @param after how long the feed wants to be left alone, or null */
  void failed(String reason, @Nullable Duration after, long now) {
    Duration pause = backoff.next();
    if (after != null && after.compareTo(pause) > 0) {
      pause = after.compareTo(LONGEST) < 0 ? after : LONGEST;
    }
    if (reachable) {
      reachable = false;
      lostAt = now;
      LOG.warn("bucket \"{}\": the relay cannot be used: {}; trying until it can", bucket, reason);
    }
    retryAt = now + pause.toNanos();
  }

  /** How long to leave it alone; zero: it may be called. */
  Duration untilNextCall(long now) {
    return reachable ? Duration.ZERO : Duration.ofNanos(Math.max(0, retryAt - now));
  }
}
