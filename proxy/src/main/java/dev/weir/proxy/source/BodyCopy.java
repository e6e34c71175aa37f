package dev.weir.proxy.source;

import dev.weir.capture.Body;
import dev.weir.http.Budget;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Copies a body as it passes, up to a limit; beyond it only counts. What large bodies take together
 * is bounded by a budget: a body that gets nothing from it is cut there.
 */
final class BodyCopy {
  /** Bodies up to this size need nothing from the budget. */
  private static final int SMALL = 4 << 10;

  private static final byte[] NOTHING = {};

  private final long limit;
  private final Budget budget;
  private byte[] bytes = NOTHING;
  private int size;
  private long length;
  private long borrowed;
  private boolean cut;

  BodyCopy(long limit, Budget budget) {
    this.limit = limit;
    this.budget = budget;
  }

  void add(ByteBuffer buffer, int from, int to) {
    int count = to - from;
    int room = cut ? 0 : (int) Math.min(limit - size, count);
    length += count;
    if (room > 0 && reserve(size + room)) {
      buffer.get(from, bytes, size, room);
      size += room;
    }
    cut |= size < length;
  }

  private boolean reserve(int needed) {
    if (needed <= bytes.length) {
      return true;
    }
    int capacity =
        bytes.length == 0 ? needed : (int) Math.min(limit, Math.max(needed, 2L * bytes.length));
    if (capacity > SMALL) {
      if (!budget.take(capacity - borrowed)) {
        return false;
      }
      borrowed = capacity;
    }
    bytes = Arrays.copyOf(bytes, capacity);
    return true;
  }

  /** How many bytes have passed. */
  long length() {
    return length;
  }

  /** Whether not all that has passed was copied. */
  boolean isCut() {
    return cut;
  }

  /** What has been copied; nothing may be added afterwards. */
  Body body() {
    byte[] exact = size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    return cut ? Body.truncated(exact, length) : Body.of(exact);
  }

  /** Gives back to the budget what was had of it. */
  void release() {
    if (borrowed > 0) {
      budget.release(borrowed);
      borrowed = 0;
    }
  }
}
