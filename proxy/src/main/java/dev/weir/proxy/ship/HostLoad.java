package dev.weir.proxy.ship;

import com.sun.management.OperatingSystemMXBean;
import dev.weir.loop.Ticker;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How busy this host's processors are, or those that its container may use. Looked at by one thread
 * alone.
 */
final class HostLoad {
  /** The share of all processors from which on they are busy. */
  private static final double BUSY = 0.9;

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final Ticker ticker;
  private @Nullable OperatingSystemMXBean host; // not at start-up: it is slow to make
  private long lookAt;
  private boolean busy;

  HostLoad(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Whether they were since the last look, about a second ago. */
  boolean isBusy() {
    OperatingSystemMXBean asked = host;
    if (asked == null) {
      asked = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
      host = asked;
      lookAt = ticker.nanos();
    }
    if (ticker.nanos() - lookAt >= 0) {
      busy = asked.getCpuLoad() >= BUSY; // negative or not a number where nobody knows
      lookAt = ticker.nanos() + LOOK_EVERY.toNanos();
    }
    return busy;
  }
}
