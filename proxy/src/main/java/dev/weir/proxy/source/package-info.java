/** Where a proxy gets captures: one file for each type of source. */
@NullMarked
package dev.weir.proxy.source;

import org.jspecify.annotations.NullMarked;
