package dev.weir.wire;

/**
 * The body of {@code POST /v1/buckets/{bucket}/peek}: shows what stands at {@code from} and after,
 * at most {@code max} captures and about {@code maxBytes}. Nothing is leased or changed by it.
 *
 * @param from a position in the bucket; one that is gone is taken as the oldest that is there
 */
public record Peek(long from, int max, long maxBytes) {
  /** No answer holds more captures. */
  public static final int MAX_CAPTURES = 1_000;

  /** No answer holds more bytes of captures, but always one capture. */
  public static final long MAX_BYTES = 4 << 20;

  public Peek {
    if (from < 1 || max < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          "from, max and maxBytes start at 1: not " + from + ", " + max + ", " + maxBytes);
    }
  }
}
