package dev.weir.http;

import dev.weir.unit.ByteSize;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The heads of a listener that have begun and not ended; where they take too much together, the
 * oldest are let go. Any thread.
 */
final class HalfHeads {
  private final long limit;
  private final Map<HeadWatch, Integer> sizes = new LinkedHashMap<>(); // oldest first
  private long sum;

  HalfHeads(ByteSize limit) {
    this.limit = limit.bytes();
  }

  /** One of them takes so many bytes now. */
  void book(HeadWatch head, int bytes) {
    for (HeadWatch oldest : beyondLimit(head, bytes)) {
      oldest.letGo();
    }
  }

  private synchronized List<HeadWatch> beyondLimit(HeadWatch head, int bytes) {
    Integer before = sizes.put(head, bytes);
    sum += bytes - (before == null ? 0 : before);
    List<HeadWatch> beyond = new ArrayList<>();
    if (sum > limit) {
      for (Iterator<Map.Entry<HeadWatch, Integer>> all = sizes.entrySet().iterator();
          sum > limit / 2 && all.hasNext(); ) {
        Map.Entry<HeadWatch, Integer> oldest = all.next();
        all.remove();
        sum -= oldest.getValue();
        beyond.add(oldest.getKey());
      }
    }
    return beyond;
  }

  /** It has ended, or is given up. */
  synchronized void forget(HeadWatch head) {
    Integer bytes = sizes.remove(head);
    sum -= bytes == null ? 0 : bytes;
  }
}
