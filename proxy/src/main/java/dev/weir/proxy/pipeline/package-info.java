/** From the sources to the spools: queue, hook, encode, commit. */
@NullMarked
package dev.weir.proxy.pipeline;

import org.jspecify.annotations.NullMarked;
