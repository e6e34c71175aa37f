package dev.weir.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The relay's answer to a batch that it has: everything up to {@code storedThrough} is committed.
 *
 * @param duplicates how many entries it had already
 * @param pauseMs how long the proxy should wait before the next batch, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Stored(
    long storedThrough,
    long duplicates,
    Usage bucket,
    @Nullable Long pauseMs) {
  /** How full the bucket is, in bytes on disk. */
  public record Usage(long bytes, long limit) {}
}
