/** Buckets: what comes in once and in order, is kept, and goes out to groups. */
@NullMarked
package dev.weir.relay.bucket;

import org.jspecify.annotations.NullMarked;
