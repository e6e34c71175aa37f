/** Sizes, rates and names: the values that configuration and messages speak in. */
@NullMarked
package dev.weir.unit;

import org.jspecify.annotations.NullMarked;
