/** The proxy: sources, pipeline, spools and shippers. */
@NullMarked
package dev.weir.proxy;

import org.jspecify.annotations.NullMarked;
