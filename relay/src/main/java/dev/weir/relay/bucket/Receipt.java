package dev.weir.relay.bucket;

import dev.weir.unit.ByteSize;

/** What became of a batch. */
public sealed interface Receipt {
  /**
   * Everything up to {@code through} is committed.
   *
   * @param duplicates captures of the batch that were here before
   */
  record Stored(long through, long duplicates, ByteSize used, ByteSize limit) implements Receipt {}

  /** Nothing was taken: the batch begins after a hole. */
  record Missing(long expected) implements Receipt {}

  /** Nothing was taken: there is no room. */
  record Full(ByteSize used, ByteSize limit) implements Receipt {}
}
