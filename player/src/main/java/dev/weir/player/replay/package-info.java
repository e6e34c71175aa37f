/** A player's work on one bucket: admission, order, pace, attempts, settlement. */
@NullMarked
package dev.weir.player.replay;

import org.jspecify.annotations.NullMarked;
