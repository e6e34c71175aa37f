package dev.weir.loop;

import java.util.List;

/**
 * Resources that take their time to close and do not need each other, closed all at once: it takes
 * as long as the slowest of them. One that fails to close is logged.
 */
public final class Together implements AutoCloseable {
  private final List<AutoCloseable> resources;

  public Together(List<? extends AutoCloseable> resources) {
    this.resources = List.copyOf(resources);
  }

  @Override
  public void close() {
    List<Thread> closing = resources.stream().map(Together::closing).toList();
    closing.forEach(Thread::start);
    try {
      for (Thread thread : closing) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread closing(AutoCloseable resource) {
    Closer closer = new Closer();
    closer.add(resource);
    Thread thread = new Thread(closer::close, "close");
    thread.setDaemon(true);
    return thread;
  }
}
