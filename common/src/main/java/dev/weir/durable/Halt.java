package dev.weir.durable;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The end of a process as {@code kill -9} would bring it: at one passing of one crash point.
 *
 * @param at null: never
 * @param left passings until then
 */
record Halt(@Nullable CrashPoint at, AtomicLong left) {
  private static final int KILLED = 137;

  /** @param text a crash point and, after a colon, which passing of it; null: none */
  static Halt of(@Nullable String text) {
    if (text == null) {
      return new Halt(null, new AtomicLong());
    }
    String[] parts = text.split(":", 2);
    long passing = parts.length == 1 ? 1 : Long.parseLong(parts[1]);
    return new Halt(CrashPoint.valueOf(parts[0]), new AtomicLong(passing));
  }

  /** Says where it was, so that nobody takes another end for it. */
  void passed() {
    if (left.decrementAndGet() == 0) {
      System.err.println("halted at " + at);
      Runtime.getRuntime().halt(KILLED);
    }
  }
}
