/** How a bucket's captures stand on disk: those to be replayed, and the dead. */
@NullMarked
package dev.weir.relay.store;

import org.jspecify.annotations.NullMarked;
