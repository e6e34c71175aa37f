/** {@code weir demo}: the whole line on one machine, with traffic, and its ledger at the end. */
@NullMarked
package dev.weir.cli.demo;

import org.jspecify.annotations.NullMarked;
