package dev.weir.wire;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of a lease's captures; what is not named stays leased. Durable once answered.
 *
 * @param delivered ranges of offsets, both ends included
 * @param released handed back unstarted: leased again at once, no attempt is counted
 * @param done whether the lease ends with this: what was not named is handed back
 */
public record Settlement(
    List<Range> delivered,
    List<Refusal> filtered,
    List<Retry> retry,
    List<Dead> dead,
    List<Range> released,
    boolean done) {
  public Settlement {
    delivered = copy(delivered);
    filtered = copy(filtered);
    retry = copy(retry);
    dead = copy(dead);
    dead.forEach(word -> Objects.requireNonNull(word.reason(), "no reason"));
    released = copy(released);
  }

  /** A list that is left out of the JSON is empty. */
  private static <T> List<T> copy(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /** The offsets that are named one by one. */
  public Set<Long> singles() {
    Set<Long> offsets = new HashSet<>();
    filtered.forEach(word -> offsets.add(word.offset()));
    retry.forEach(word -> offsets.add(word.offset()));
    dead.forEach(word -> offsets.add(word.offset()));
    return offsets;
  }

  /** Offsets {@code from} to {@code through}. */
  public record Range(long from, long through) {
    public Range {
      if (from > through) {
        throw new IllegalArgumentException("a range from " + from + " through " + through);
      }
    }
  }

  /** A hook or the configuration chose not to deliver it. */
  public record Refusal(long offset, String reason) {}

  /**
   * To be leased again after a while.
   *
   * @param held whether no attempt is used up: a hook holds it back, or the attempt was a probe of
   *     a target that was known to fail
   */
  public record Retry(long offset, long afterMs, String reason, boolean held) {
    public Retry {
      if (afterMs < 0) {
        throw new IllegalArgumentException("a retry after " + afterMs + " ms");
      }
    }

    public Retry(long offset, long afterMs, String reason) {
      this(offset, afterMs, reason, false);
    }
  }

  /**
   * Not to be tried again by itself: goes to the dead bucket.
   *
   * @param status the last HTTP status, 0 where there was none
   * @param answer the beginning of the last answer, at most 4 KB, base64 in JSON
   */
  public record Dead(long offset, String reason, int status, byte @Nullable [] answer) {}
}
