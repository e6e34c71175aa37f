package dev.weir.loop;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one daemon thread that calls a {@link Step} over and over: the thread, the waiting, the
 * wake-ups and the end of it all. A step that throws is tried again after a second, so that one bad
 * capture cannot end a loop; only its first failure in a row is logged.
 */
public final class Loop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Step step;
  private final Thread thread;
  private volatile boolean awake;
  private volatile boolean closed;
  private boolean failing;

  public Loop(String name, Step step) {
    this.step = step;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  public Loop start() {
    thread.start();
    return this;
  }

  /**
   * Ends the present wait, or the next one if none is under way; not the wait after a failure. Any
   * thread may call; cheap when the loop is busy.
   */
  public void wake() {
    if (!awake) {
      awake = true;
      LockSupport.unpark(thread);
    }
  }

  /** Whether its thread lives: after {@link #close}, whether a step hangs. */
  public boolean isRunning() {
    return thread.isAlive();
  }

  private void run() {
    try {
      while (!closed) {
        // cleared before the step looks for work: what arrives during the step is seen by it or
        // wakes the wait
        awake = false;
        await(attempt());
      }
    } catch (InterruptedException e) {
      LOG.debug("{} was interrupted", thread.getName()); // only close() interrupts
    }
  }

  private Duration attempt() throws InterruptedException {
    try {
      Duration pause = step.step();
      if (failing) {
        failing = false;
        LOG.info("{} works again", thread.getName());
      }
      return pause;
    } catch (RuntimeException | Error e) {
      if (!failing) {
        failing = true;
        LOG.error("{} failed and tries again every {}", thread.getName(), AFTER_FAILURE, e);
      }
      return AFTER_FAILURE;
    }
  }

  private void await(Duration pause) {
    long until = System.nanoTime() + pause.toNanos();
    long left = pause.toNanos();
    while (left > 0 && (failing || !awake) && !closed) {
      LockSupport.parkNanos(this, left);
      left = until - System.nanoTime();
    }
  }

  /**
   * Lets the step under way finish, up to three seconds, then interrupts it and waits as long
   * again. Idempotent.
   */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    if (thread == Thread.currentThread() || !thread.isAlive()) {
      return;
    }
    try {
      thread.join(PATIENCE.toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(PATIENCE.toMillis());
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
