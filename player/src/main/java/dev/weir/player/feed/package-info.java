/** Where a player gets captures: leased from a relay, settled one by one. */
@NullMarked
package dev.weir.player.feed;

import org.jspecify.annotations.NullMarked;
