package dev.weir.script.engine;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What the threads of one call have used since its baseline: bytes allocated and processor time.
 * Coroutines run on threads of their own, one at a time; {@link #leave} and {@link #enter} bracket
 * each switch.
 */
final class Meter {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final boolean CPU = THREADS.isCurrentThreadCpuTimeSupported();

  private long allocatedBefore;
  private long processorBefore;
  private long allocatedAtEntry;
  private long processorAtEntry;

  void start() {
    allocatedBefore = 0;
    processorBefore = 0;
    enter();
  }

  void enter() {
    allocatedAtEntry = allocatedByThread();
    processorAtEntry = processorOfThread();
  }

  void leave() {
    allocatedBefore = allocated();
    processorBefore = processorNanos();
  }

  long allocated() {
    return allocatedBefore + allocatedByThread() - allocatedAtEntry;
  }

  long processorNanos() {
    return processorBefore + processorOfThread() - processorAtEntry;
  }

  private static long allocatedByThread() {
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private static long processorOfThread() {
    return CPU ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
  }
}
