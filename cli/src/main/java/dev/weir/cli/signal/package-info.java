/** How a process is told to stop, and to read its files again. */
@NullMarked
package dev.weir.cli.signal;

import org.jspecify.annotations.NullMarked;
