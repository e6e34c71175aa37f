package dev.weir.cli.signal;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's signals. SIGTERM and SIGINT: the first asks to stop in order, the second ends the
 * process, and those that it started, at once. So does a stop that takes too long. SIGHUP: what
 * {@link #onHangUp} says.
 *
 * <p>A shutdown hook could neither answer 0 nor see the second signal. The class that can,
 * {@code sun.misc.Signal}, is in every JDK from 17 on, but compilers warn of it and take no answer:
 * hence the reflection.
 */
public final class Signals implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  /** What shells add to the number of the signal that ended a process. */
  private static final int SIGNALLED = 128;

  private static final int TERM = 15;
  private static final int TOO_LONG = 1;

  private final Duration patience;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();

  /** A process that is not ready yet has nothing to read again. */
  private volatile Runnable hangUp = () -> {};

  private Signals(Duration patience) {
    this.patience = patience;
  }

  /**
   * Takes the process's signals over.
   *
   * @param patience more than it takes to stop in order
   */
  public static Signals install(Duration patience) {
    Signals signals = new Signals(patience);
    handle("TERM", signals::arrived);
    handle("INT", signals::arrived);
    handle("HUP", () -> signals.hangUp.run());
    return signals;
  }

  /**
   * From here on SIGHUP ends no process, and does nothing until one is {@linkplain #install
   * installed} that does: for a process that has only begun to start.
   */
  public static void endureHangUp() {
    handle("HUP", () -> {});
  }

  private static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handling = Proxy.newProxyInstance(
          Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
            action.run();
            return null;
          });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), handling);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this java has no signals", e);
    }
  }

  /** What SIGHUP does from now on, on a thread of its own. */
  public void onHangUp(Runnable action) {
    hangUp = action;
  }

  private void arrived() {
    if (!stopping.compareAndSet(false, true)) {
      end(SIGNALLED + TERM);
    }
    LOG.info("told to stop; a second signal ends this at once");
    asked.countDown();
    Thread watchdog = new Thread(this::endInTime, "stop-watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
  }

  private void endInTime() {
    try {
      if (!stopped.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        System.err.println("stopping took over " + patience.toSeconds() + " s: ended by force");
        end(TOO_LONG);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void end(int exitCode) {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    Runtime.getRuntime().halt(exitCode);
  }

  /** Waits for the first signal. */
  public void await() throws InterruptedException {
    asked.await();
  }

  /** Waits for the first signal, or for that time. */
  public void await(Duration atMost) throws InterruptedException {
    asked.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Calls the watchdog off: what was running has stopped. */
  @Override
  public void close() {
    stopped.countDown();
  }
}
