package dev.weir.relay.bucket;

import dev.weir.capture.MalformedException;
import dev.weir.relay.lease.Clocks;
import dev.weir.relay.store.Envelope;
import dev.weir.spool.Spool;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a bucket may forget, and when. Its bucket's loop alone may call. */
final class Retention {
  private static final Duration EXPIRE_EVERY = Duration.ofSeconds(10);

  private final Spool spool;
  private final @Nullable Duration keep;
  private final Clocks clocks;
  private long expireAt;
  private @Nullable Long oldest;

  /** @param keep how long captures stay although every group has had them; null: not at all */
  Retention(Spool spool, @Nullable Duration keep, Clocks clocks) {
    this.spool = spool;
    this.keep = keep;
    this.clocks = clocks;
    this.expireAt = clocks.nanos();
  }

  /** @param needed the first position that a group still needs */
  void keep(long needed, long next) throws IOException {
    oldest = needed < next ? arrival(needed) : null;
    if (keep == null) {
      spool.truncate(needed);
    } else if (isDue()) {
      truncateOld(needed, keep);
    }
  }

  private boolean isDue() {
    return clocks.nanos() - expireAt >= EXPIRE_EVERY.toNanos();
  }

  /** Truncates up to the first capture that is young enough. */
  private void truncateOld(long needed, Duration young) throws IOException {
    long youngest = clocks.now().minus(young).toEpochMilli();
    long low = spool.state().first();
    long high = needed;
    while (low < high) {
      long middle = low + (high - low) / 2;
      Long arrived = arrival(middle);
      if (arrived != null && arrived < youngest) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    spool.truncate(low);
  }

  private @Nullable Long arrival(long position) throws IOException {
    List<Entry> entries = spool.read(position, 1, new ByteSize(1));
    if (entries.isEmpty() || !(entries.get(0) instanceof Frame frame)) {
      return null;
    }
    try {
      return Envelope.decode(frame.bytes()).arrivedMs();
    } catch (MalformedException e) {
      return null; // whoever reads it will book it
    }
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
