/** Configuration files: strict, in words, every problem listed at once with its place. */
@NullMarked
package dev.weir.config;

import org.jspecify.annotations.NullMarked;
