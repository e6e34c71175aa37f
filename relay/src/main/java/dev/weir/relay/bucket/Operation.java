package dev.weir.relay.bucket;

import java.io.IOException;

/**
 * Something that an operator has a bucket do, on the bucket's loop, between two steps of others.
 */
@FunctionalInterface
public interface Operation<T> {
  T on(Operations bucket) throws IOException;
}
