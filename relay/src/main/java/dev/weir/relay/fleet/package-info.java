/** What the relay knows of every proxy, bucket and player, and whether it adds up. */
@NullMarked
package dev.weir.relay.fleet;

import org.jspecify.annotations.NullMarked;
