package dev.weir.relay.bucket;

import dev.weir.relay.bucket.Work.Poll;
import dev.weir.relay.lease.Group;
import dev.weir.unit.GroupName;
import dev.weir.wire.LeaseRequest.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The players that wait for captures, first come, first served. Where there is no room for what is
 * on its way to players, all wait. Its bucket's loop alone may call.
 */
final class Polls {
  /** Room that other buckets' leases took is looked for again so soon. */
  static final Duration CROWDED_FOR = Duration.ofMillis(50);

  private final Groups groups;
  private final Deque<Poll> waiting = new ArrayDeque<>();
  private long leases;

  /** A group has not looked through all that might be for one who waits. */
  private boolean looksOn;

  /** Somebody who waits found no room. */
  private boolean crowded;

  Polls(Groups groups) {
    this.groups = groups;
  }

  private record Try(GroupName group, Order order, long onto) {}

  void add(Poll poll) {
    waiting.add(poll);
  }

  int size() {
    return waiting.size();
  }

  /** Grants what can be granted, and answers those whose time is up with nothing. */
  void serve(long now) throws IOException {
    looksOn = false;
    crowded = false;
    Set<Try> inVain = new HashSet<>();
    Iterator<Poll> each = waiting.iterator();
    while (each.hasNext()) {
      Poll poll = each.next();
      if (poll.done().isDone()) {
        each.remove();
        continue;
      }
      Try attempt = new Try(poll.request().group(), poll.request().order(), poll.onto());
      if (!crowded && !inVain.contains(attempt)) {
        Group group = groups.findOrStart(poll.request().group(), GroupStart.OLDEST);
        Group.Grant grant = group == null ? null : lease(group, poll);
        if (group != null && grant != null) {
          leases++;
          each.remove();
          if (!poll.done().complete(Optional.of(grant))) {
            poll.room().release(grant.bytes()); // its player has just left
            group.settle(grant.lease(), grant.handBack());
          }
          continue;
        }
        looksOn |= !crowded && group != null && group.readsOn();
        inVain.add(attempt);
      }
      if (poll.until() - now <= 0) {
        each.remove();
        answer(poll);
      }
    }
  }

  /** Its time is up. */
  private void answer(Poll poll) {
    if (crowded) {
      poll.done()
          .completeExceptionally(new IOException("too many captures are on their way to players"));
    } else {
      poll.done().complete(Optional.empty());
    }
  }

  private Group.@Nullable Grant lease(Group group, Poll poll) throws IOException {
    if (groups.isPaused()) {
      group.hear();
      return null;
    }
    long most = Math.min(poll.request().maxBytes(), Group.MOST_BYTES.bytes());
    if (!poll.room().take(most)) {
      crowded = true;
      return null;
    }
    Group.Grant grant = null;
    try {
      grant = group.lease(leases + 1, poll.request(), poll.onto());
      return grant;
    } finally {
      poll.room().release(most - (grant == null ? 0 : grant.bytes()));
    }
  }

  /** Nanoseconds until there is something to do for those who wait, at most {@code most}. */
  long idle(long now, long most) {
    long least = looksOn ? 0 : crowded ? Math.min(most, CROWDED_FOR.toNanos()) : most;
    for (Poll poll : waiting) {
      least = Math.min(least, poll.until() - now);
    }
    return Math.max(0, least);
  }

  /** Answers all with nothing. */
  void dismiss() {
    waiting.forEach(poll -> poll.done().complete(Optional.empty()));
    waiting.clear();
  }
}
