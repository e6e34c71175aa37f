/** The relay: one queue per bucket, leased to players. */
@NullMarked
package dev.weir.relay;

import org.jspecify.annotations.NullMarked;
