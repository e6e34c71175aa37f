/** Hooks: one capture in, zero or more out, in bounded time, memory and output. */
@NullMarked
package dev.weir.script;

import org.jspecify.annotations.NullMarked;
