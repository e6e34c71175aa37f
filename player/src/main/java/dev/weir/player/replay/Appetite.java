package dev.weir.player.replay;

import java.time.Duration;

/**
 * How many captures to ask for at once: what the last quarter of a second finished, within bounds.
 * A fast target gets large batches; a slow one leaves captures to other players, and few are held
 * by this one if it is killed. One thread's own.
 */
final class Appetite {
  private static final int MOST = 1_000;
  private static final long WINDOW = Duration.ofMillis(250).toNanos();

  private final int least;
  private int batch;
  private int finished;
  private long windowEnds;

  /** @param fill how many keep the target busy */
  Appetite(int fill, long now) {
    this.least = 2 * fill;
    this.batch = least;
    this.windowEnds = now + WINDOW;
  }

  void finished(long now) {
    finished++;
    if (now - windowEnds >= 0) {
      batch = Math.max(least, Math.min(finished, MOST));
      finished = 0;
      windowEnds = now + WINDOW;
    }
  }

  int batch() {
    return batch;
  }
}
