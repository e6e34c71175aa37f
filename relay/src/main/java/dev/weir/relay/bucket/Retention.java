package dev.weir.relay.bucket;

import dev.weir.relay.lease.Clocks;
import dev.weir.spool.Spool;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a bucket may forget, and when. Its bucket's loop alone may call. */
final class Retention {
  private static final Duration EXPIRE_EVERY = Duration.ofSeconds(10);

  private final Spool spool;
  private final Timeline timeline;
  private final @Nullable Duration keep;
  private final Clocks clocks;
  private long expireAt;
  private @Nullable Long oldest;

  /** @param keep how long captures stay although every group has had them; null: not at all */
  Retention(Spool spool, @Nullable Duration keep, Clocks clocks) {
    this.spool = spool;
    this.timeline = new Timeline(spool);
    this.keep = keep;
    this.clocks = clocks;
    this.expireAt = clocks.nanos();
  }

  /** @param needed the first position that a group still needs */
  void keep(long needed, long next) throws IOException {
    oldest = needed < next ? timeline.arrivedMs(needed) : null;
    if (keep == null) {
      spool.truncate(needed);
    } else if (isDue()) {
      long young = clocks.now().minus(keep).toEpochMilli();
      spool.truncate(timeline.firstSince(needed, young));
    }
  }

  /**
   * Where the bucket is full: forgets an eighth of what is only kept to be replayed again, the
   * oldest of it. Frees what whole segments that is, which may be nothing.
   *
   * @param needed the first position that a group still needs, by the books as saved
   * @return whether there was any
   */
  boolean makeRoom(long needed) throws IOException {
    long first = spool.state().first();
    long spare = needed - first;
    if (spare <= 0) {
      return false;
    }
    spool.truncate(first + (spare + 7) / 8);
    return true;
  }

  private boolean isDue() {
    return clocks.nanos() - expireAt >= EXPIRE_EVERY.toNanos();
  }

  /** After {@link #keep}: drops what is too old for the bucket, delivered or not. */
  void expire() throws IOException {
    if (isDue()) {
      expireAt = clocks.nanos();
      spool.expire();
    }
  }

  /** The age of the oldest capture that a group still needs, in milliseconds; null: none. */
  @Nullable
  Long oldestMs() {
    Long arrived = oldest;
    return arrived == null ? null : Math.max(0, clocks.now().toEpochMilli() - arrived);
  }
}
