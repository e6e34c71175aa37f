package dev.weir.cli;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The process's signals. SIGTERM and SIGINT: the first asks to stop in order, the second ends the
 * process at once. So does a stop that takes longer than {@link #PATIENCE}. SIGHUP: what
 * {@link #onHangUp} says.
 *
 * <p>A shutdown hook could neither answer 0 nor see the second signal. The class that can,
 * {@code sun.misc.Signal}, is in every JDK from 17 on, but compilers warn of it and take no answer:
 * hence the reflection.
 */
final class Signals implements AutoCloseable {
  /** More than any role takes to drain. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What shells add to the number of the signal that ended a process. */
  private static final int SIGNALLED = 128;

  private static final int TERM = 15;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();

  /** A process that is not ready yet has nothing to read again. */
  private volatile Runnable hangUp = () -> {};

  private Signals() {}

  /** Takes the process's signals over. */
  static Signals install() {
    Signals signals = new Signals();
    signals.handle("TERM", signals::arrived);
    signals.handle("INT", signals::arrived);
    signals.handle("HUP", () -> signals.hangUp.run());
    return signals;
  }

  private void handle(String name, Runnable action) {
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
  void onHangUp(Runnable action) {
    hangUp = action;
  }

  private void arrived() {
    if (!stopping.compareAndSet(false, true)) {
      Runtime.getRuntime().halt(SIGNALLED + TERM);
    }
    asked.countDown();
    Thread watchdog = new Thread(this::endInTime, "stop-watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
  }

  private void endInTime() {
    try {
      if (!stopped.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        System.err.println("stopping took over " + PATIENCE.toSeconds() + " s: ended by force");
        Runtime.getRuntime().halt(ExitCode.FAILED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the first signal. */
  void await() throws InterruptedException {
    asked.await();
  }

  /** Calls the watchdog off: what was running has stopped. */
  @Override
  public void close() {
    stopped.countDown();
  }
}
