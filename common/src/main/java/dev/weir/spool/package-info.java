/** A bounded, durable, append-only sequence of captures on disk. */
@NullMarked
package dev.weir.spool;

import org.jspecify.annotations.NullMarked;
