package dev.weir.loop;

/** A monotonic clock: only differences between two readings mean anything. */
@FunctionalInterface
public interface Ticker {
  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since some moment. */
  long nanos();
}
