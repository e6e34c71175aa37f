package dev.weir.player.replay;

import dev.weir.loop.Ticker;
import dev.weir.player.feed.Feed;
import dev.weir.player.feed.Feed.Grant;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks the feed for captures where there is room: at most two batches are in hand, in number and in
 * bytes, so that one is under way while the next is fetched. The replay's thread's own.
 */
final class Asker {
  private static final long MAX_BATCH_BYTES = 16 << 20;
  private static final int MAX_LEASES = 64;

  /**
   * Short, because closing must wait for it: a relay cannot see that a poll was given up, and would
   * lease to it what this player has just handed back.
   */
  private static final Duration LONG_POLL = Duration.ofSeconds(2);

  /** Lets captures gather that come one by one. */
  private static final Duration BREATH = Duration.ofMillis(10);

  private static final Duration BETWEEN_EMPTY_ANSWERS = Duration.ofSeconds(1);

  private final Feed feed;
  private final FeedState state;
  private final LeaseBook leases;
  private final Ticker ticker;
  private final Duration leaseLength;
  private final Appetite appetite;
  private int inHand;
  private long bytesInHand;

  /** How many captures were asked for; 0: nothing is asked. */
  private int asked;

  private long askedAt;
  private long askAgainAt;

  Asker(Replay config, Feed feed, FeedState state, LeaseBook leases, Ticker ticker) {
    this.feed = feed;
    this.state = state;
    this.leases = leases;
    this.ticker = ticker;
    this.leaseLength = config.lease();
    this.askAgainAt = ticker.nanos();
    this.appetite = new Appetite(config.fill(), askAgainAt);
  }

  void took(Work work) {
    inHand++;
    bytesInHand += work.size();
  }

  void finished(Work work) {
    appetite.finished(ticker.nanos());
    gaveUp(work);
  }

  /** It goes back, or was never ours any more. */
  void gaveUp(Work work) {
    inHand--;
    bytesInHand -= work.size();
  }

  boolean isAsking() {
    return asked > 0;
  }

  /** The feed's reply, to be passed to {@link #heard}; null where nothing is asked now. */
  @Nullable
  CompletionStage<Grant> ask(Circuit.State circuit) {
    int room = room(circuit);
    if (isAsking() || room == 0 || !untilAllowed().isZero()) {
      return null;
    }
    asked = room;
    askedAt = ticker.nanos();
    return feed.lease(new Feed.Ask(room, MAX_BATCH_BYTES, leaseLength, LONG_POLL, leases.grow()));
  }

  private int room(Circuit.State circuit) {
    boolean settlesFirst = !state.isReachable() && leases.owes(); // or it leases that again
    if (settlesFirst
        || leases.size() >= MAX_LEASES
        || bytesInHand > MAX_BATCH_BYTES
        || circuit == Circuit.State.OPEN) {
      return 0;
    }
    if (circuit == Circuit.State.HALF_OPEN) {
      return inHand == 0 ? 1 : 0; // the probe
    }
    return inHand <= appetite.batch() ? appetite.batch() : 0;
  }

  void heard(Grant grant) {
    long now = ticker.nanos();
    int wanted = asked;
    asked = 0;
    if (grant instanceof Grant.Trouble trouble) {
      state.failed(trouble.reason(), trouble.after(), now);
      return;
    }
    state.answered(now);
    if (grant instanceof Grant.Leased leased) {
      if (leased.captures().size() < wanted / 2) {
        askAgainAt = now + BREATH.toNanos();
      }
    } else if (now - askedAt < BETWEEN_EMPTY_ANSWERS.toNanos()) {
      askAgainAt = now + BETWEEN_EMPTY_ANSWERS.toNanos(); // it did not wait for captures: we do
    }
  }

  /** How long until it asks; null where that does not hang on the time. */
  @Nullable
  Duration untilNext(Circuit.State circuit) {
    return isAsking() || room(circuit) == 0 ? null : untilAllowed();
  }

  private Duration untilAllowed() {
    long now = ticker.nanos();
    Duration quiet = Duration.ofNanos(Math.max(0, askAgainAt - now));
    Duration apart = state.untilNextCall(now);
    return apart.compareTo(quiet) > 0 ? apart : quiet;
  }
}
