package dev.weir.player.replay;

import dev.weir.capture.CaptureId;
import dev.weir.durable.CrashPoint;
import dev.weir.loop.Ticker;
import dev.weir.player.feed.Feed;
import dev.weir.player.feed.Feed.Ack;
import dev.weir.player.feed.Feed.Grant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The leases that a replay holds: keeps them from running out, and tells the feed what was decided,
 * many captures at a time. What the feed did not acknowledge is said again until it does, or until
 * it knows nothing of the lease. Then what the target has already is remembered for a while, and
 * settled when it is leased again, instead of being delivered a second time. The replay's thread's
 * own; replies come to it by {@code thread}.
 */
final class LeaseBook {
  private static final int SETTLE_AT_ONCE = 500;
  private static final Duration LONGEST_SLEEP = Duration.ofDays(1);

  /** More than two leases hold, so that what was forgotten was never worth remembering. */
  static final int MAX_REMEMBERED = 20_000;

  /** In lease lengths. What was rewound since is leased to be delivered again. */
  private static final int REMEMBERED_FOR = 3;

  private static final Duration EXTEND_AGAIN = Duration.ofSeconds(1);

  private final Feed feed;
  private final FeedState state;
  private final Executor thread;
  private final Ticker ticker;
  private final Duration length;
  private final Duration attempt;
  private final List<HeldLease> leases = new ArrayList<>();

  /** With when that was learnt, the oldest first. */
  private final Map<CaptureId, Long> arrived = new LinkedHashMap<>();

  private @Nullable HeldLease settling;

  /** More is being asked for in it. */
  private @Nullable HeldLease growing;

  /**
   * @param length of a lease
   * @param attempt the longest that an attempt takes
   */
  LeaseBook(
      Feed feed,
      FeedState state,
      Executor thread,
      Ticker ticker,
      Duration length,
      Duration attempt) {
    this.feed = feed;
    this.state = state;
    this.thread = thread;
    this.ticker = ticker;
    this.length = length;
    this.attempt = attempt;
  }

  int size() {
    return leases.size();
  }

  boolean isEmpty() {
    return leases.isEmpty();
  }

  /** Whether there is something that the feed has not acknowledged. */
  boolean owes() {
    return leases.stream().anyMatch(l -> l.said != null || l.decisions.count() > 0);
  }

  /** The lease to ask for more in, which stays until the reply is {@link #heard}; null: none. */
  @Nullable
  String grow() {
    growing = leases.stream()
        .filter(HeldLease::mayGrow)
        .max(Comparator.comparingInt(lease -> lease.open))
        .orElse(null);
    if (growing == null) {
      return null;
    }
    growing.closed.clear();
    return growing.id;
  }

  /** @return the lease that captures came in, null where none came */
  @Nullable
  HeldLease heard(Grant grant) {
    HeldLease grown = growing;
    growing = null;
    HeldLease lease = null;
    if (grant instanceof Grant.Leased leased) {
      lease = grown != null && grown.id.equals(leased.lease()) ? grown : add(leased.lease());
      lease.open += leased.captures().size();
    }
    if (grown != null) {
      grown.doubtful = grant instanceof Grant.Trouble;
      removeIfOver(grown);
    }
    return lease;
  }

  private HeldLease add(String id) {
    HeldLease lease = new HeldLease(id);
    renew(lease, ticker.nanos());
    leases.add(lease);
    return lease;
  }

  /** The rest of a lane goes back by decisions on this lease. */
  void closeLane(HeldLease lease, String lane) {
    lease.decisions.closeLane();
    lease.closed.add(lane);
  }

  /** Notes what was decided about one capture of the lease, to be told before long. */
  void decide(HeldLease lease, Consumer<Decisions> decision) {
    lease.open--;
    if (lease.gone) {
      Decisions late = new Decisions();
      decision.accept(late);
      remember(late.arrived());
      removeIfOver(lease);
      return;
    }
    if (lease.decisions.count() == 0) {
      lease.decidedAt = ticker.nanos();
    }
    decision.accept(lease.decisions);
  }

  private void remember(List<CaptureId> ids) {
    long now = ticker.nanos();
    for (CaptureId id : ids) {
      arrived.remove(id);
      arrived.put(id, now);
    }
    Iterator<Long> oldest = arrived.values().iterator();
    while (oldest.hasNext() && (isForgotten(oldest.next()) || arrived.size() > MAX_REMEMBERED)) {
      oldest.remove();
    }
  }

  private boolean isForgotten(long learntAt) {
    return ticker.nanos() - learntAt > length.toNanos() * REMEMBERED_FOR;
  }

  /** Whether the target has it, by a lease that ended before that could be told. Asked once. */
  boolean hasArrived(CaptureId id) {
    Long learntAt = arrived.remove(id);
    return learntAt != null && !isForgotten(learntAt);
  }

  /** It waited in a lease that ran out: whoever has it next decides. */
  void forget(HeldLease lease) {
    lease.open--;
    removeIfOver(lease);
  }

  /** Extends leases, and finds those that ran out. @return whether any has just done so */
  boolean extend() {
    long now = ticker.nanos();
    boolean ranOut = false;
    for (HeldLease lease : leases) {
      if (lease.runOut) {
        continue;
      }
      if (lease.validUntil - now <= attempt.toNanos()) {
        lease.runOut = true;
        ranOut = true;
      } else if (!lease.extending && lease.extendAt - now <= 0) {
        lease.extending = true;
        when(feed.extend(lease.id, length), ack -> extended(lease, now, ack));
      }
    }
    return ranOut;
  }

  private void extended(HeldLease lease, long askedAt, Ack ack) {
    lease.extending = false;
    if (ack instanceof Ack.Done) {
      state.answered(ticker.nanos());
      renew(lease, askedAt);
    } else if (ack instanceof Ack.Trouble trouble) {
      state.failed(trouble.reason(), trouble.after(), ticker.nanos());
      lease.extendAt = ticker.nanos() + EXTEND_AGAIN.toNanos();
    } else {
      lease.validUntil = ticker.nanos(); // found to have run out by the next step
    }
  }

  private void renew(HeldLease lease, long from) {
    lease.validUntil = from + length.toNanos();
    lease.extendAt = from + Math.min(length.toNanos() / 3, length.minus(attempt).toNanos() / 2);
  }

  /**
   * Tells the feed what is due, one settlement at a time: a retry stands before what was released
   * because of it.
   *
   * @param patience how long a decision waits for company
   */
  void settle(Duration patience) {
    long now = ticker.nanos();
    if (settling != null || !state.untilNextCall(now).isZero()) {
      return;
    }
    for (HeldLease lease : leases) {
      HeldLease.Said said = lease.said;
      if (said == null && isDue(lease, now, patience)) {
        said = lease.say(isLast(lease));
      }
      if (said != null) {
        HeldLease.Said sent = said;
        settling = lease;
        CrashPoint.SETTLE_DUE.reach();
        when(feed.settle(lease.id, sent.settlement()), ack -> settled(lease, sent, ack));
        return;
      }
    }
  }

  private boolean isDue(HeldLease lease, long now, Duration patience) {
    int count = lease.decisions.count();
    return count >= SETTLE_AT_ONCE
        || (count > 0 && now - lease.decidedAt >= patience.toNanos())
        || (lease.doubtful && isLast(lease));
  }

  /** Whether nothing more can be said of the lease than is said now. */
  private boolean isLast(HeldLease lease) {
    return lease.open == 0 && lease != growing;
  }

  private void settled(HeldLease lease, HeldLease.Said said, Ack ack) {
    settling = null;
    long now = ticker.nanos();
    if (ack instanceof Ack.Trouble trouble) {
      state.failed(trouble.reason(), trouble.after(), now);
      return;
    }
    CrashPoint.SETTLE_ACKNOWLEDGED.reach();
    state.answered(now);
    lease.said = null;
    lease.doubtful &= !said.settlement().done();
    if (ack instanceof Ack.Gone) {
      lease.gone = true;
      lease.validUntil = now;
      remember(said.arrived());
      remember(lease.decisions.arrived());
    }
    removeIfOver(lease);
  }

  /** How long until there is something to extend or to settle. */
  Duration untilDue(Duration patience) {
    long now = ticker.nanos();
    long least = LONGEST_SLEEP.toNanos();
    for (HeldLease lease : leases) {
      if (!lease.runOut) {
        least = Math.min(least, lease.validUntil - attempt.toNanos() - now);
        least = lease.extending ? least : Math.min(least, lease.extendAt - now);
      }
      if (settling == null) {
        least = Math.min(least, untilSettled(lease, now, patience));
      }
    }
    return Duration.ofNanos(Math.max(0, least));
  }

  private long untilSettled(HeldLease lease, long now, Duration patience) {
    long allowed = state.untilNextCall(now).toNanos();
    if (lease.said != null || (lease.doubtful && isLast(lease))) {
      return allowed;
    }
    return lease.decisions.count() == 0
        ? LONGEST_SLEEP.toNanos()
        : Math.max(allowed, lease.decidedAt + patience.toNanos() - now);
  }

  private void removeIfOver(HeldLease lease) {
    if (isLast(lease) && (lease.gone || lease.isSaid())) {
      leases.remove(lease);
    }
  }

  private <T> void when(CompletionStage<T> reply, Consumer<T> then) {
    reply.thenAccept(value -> thread.execute(() -> then.accept(value)));
  }
}
