package dev.weir.e2e.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waiting for a state of the line. */
final class Await {
  /** For whatever must come by itself: longer than every back-off and lease. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final Duration LOOK = Duration.ofMillis(20);

  private Await() {}

  /** A state. */
  interface Condition {
    boolean isMet() throws IOException, InterruptedException;
  }

  /** Whether the state came in time. */
  static boolean until(Condition condition, Duration atMost)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    boolean met = condition.isMet();
    while (!met && System.nanoTime() - end < 0) {
      pass(LOOK);
      met = condition.isMet();
    }
    return met;
  }

  /** Lets time go by. */
  static void pass(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }
}
