/** From the spools to the relay: batches at a capped rate. */
@NullMarked
package dev.weir.proxy.ship;

import org.jspecify.annotations.NullMarked;
