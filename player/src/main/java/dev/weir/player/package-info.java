/** The player: leases captures and replays them to targets. */
@NullMarked
package dev.weir.player;

import org.jspecify.annotations.NullMarked;
