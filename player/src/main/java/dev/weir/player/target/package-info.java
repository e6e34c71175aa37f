/** Where a player delivers: one file for each type of target. */
@NullMarked
package dev.weir.player.target;

import org.jspecify.annotations.NullMarked;
