package dev.weir.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Something else that runs on the machine: a thread that is busy for a twentieth of the time. It
 * shows how much of a latency is what any work in the background costs here, whoever's it is.
 */
final class Neighbour {
  static final Duration BUSY = Duration.ofMillis(1);
  static final Duration EVERY = Duration.ofMillis(20);

  private final Thread thread = new Thread(this::run, "neighbour");
  private volatile boolean stopped;

  private Neighbour() {}

  static Neighbour start() {
    Neighbour neighbour = new Neighbour();
    neighbour.thread.setDaemon(true);
    neighbour.thread.start();
    return neighbour;
  }

  private void run() {
    while (!stopped) {
      long until = System.nanoTime() + BUSY.toNanos();
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      LockSupport.parkNanos(EVERY.minus(BUSY).toNanos());
    }
  }

  void stop() {
    stopped = true;
  }
}
