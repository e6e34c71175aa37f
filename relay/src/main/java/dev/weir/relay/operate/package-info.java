/** What operators do to buckets over HTTP. */
@NullMarked
package dev.weir.relay.operate;

import org.jspecify.annotations.NullMarked;
