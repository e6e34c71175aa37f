package dev.weir.http;

import dev.weir.unit.ByteSize;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that many calls share: who gets a part holds it until it gives it back. Never waits. Any
 * thread may call.
 */
public final class Budget {
  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  public Budget(ByteSize limit) {
    this.limit = limit.bytes();
  }

  /**
   * Whether {@code bytes} could be had; where so, {@link #release} them once. The first in line
   * always gets its part, however large.
   */
  public boolean take(long bytes) {
    while (true) {
      long now = taken.get();
      if (now > 0 && now + bytes > limit) {
        return false;
      }
      if (taken.compareAndSet(now, now + bytes)) {
        return true;
      }
    }
  }

  public void release(long bytes) {
    taken.addAndGet(-bytes);
  }

  public ByteSize taken() {
    return new ByteSize(taken.get());
  }
}
