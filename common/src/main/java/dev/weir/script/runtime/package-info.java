/** Scripts at work: compiled once, opened per worker, chained, reloaded and counted. */
@NullMarked
package dev.weir.script.runtime;

import org.jspecify.annotations.NullMarked;
