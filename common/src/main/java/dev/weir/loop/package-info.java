/** Threads, clocks and waiting, kept apart from the work that is done on them. */
@NullMarked
package dev.weir.loop;

import org.jspecify.annotations.NullMarked;
