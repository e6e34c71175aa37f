package dev.weir.spool;

import dev.weir.unit.ByteSize;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once that a spool drops captures for want of room, and in the end how many it dropped. */
final class DropLog {
  private static final Logger LOG = LoggerFactory.getLogger(DropLog.class);

  private static final Duration OVER_AFTER = Duration.ofMinutes(1);

  private final SpoolDirectory directory;
  private final SpoolSettings settings;
  private boolean dropping;
  private long dropped;
  private long lastMs;

  DropLog(SpoolDirectory directory, SpoolSettings settings) {
    this.directory = directory;
    this.settings = settings;
  }

  /** @param used what the spool takes */
  void drops(long captures, ByteSize used, long nowMs) {
    if (!dropping) {
      LOG.warn(
          "spool {} is full: it takes {} of {}, and the disk has {} free, of which {} are to stay;"
              + " dropping its oldest captures",
          directory,
          used,
          settings.maxBytes(),
          new ByteSize(directory.usable()),
          settings.minFreeDisk());
    }
    dropping = true;
    dropped += captures;
    lastMs = nowMs;
  }

  /** There is room: it is over unless it goes on within a minute. */
  void hasRoom(long nowMs) {
    if (Math.abs(nowMs - lastMs) >= OVER_AFTER.toMillis()) {
      end();
    }
  }

  /** The spool is closed. */
  void end() {
    if (dropping) {
      LOG.warn("spool {} drops no more; it dropped {} captures", directory, dropped);
    }
    dropping = false;
    dropped = 0;
  }
}
