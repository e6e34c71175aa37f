/**
 * Side-by-side load runs: Weir against nginx and against itself, on one machine, in one run. Not
 * shipped.
 */
@NullMarked
package dev.weir.bench;

import org.jspecify.annotations.NullMarked;
