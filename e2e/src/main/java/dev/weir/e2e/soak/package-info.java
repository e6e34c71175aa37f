/**
 * The oracle: plays faults on a line under load, and holds what went in against what came out and
 * what the ledger says of it.
 */
@NullMarked
package dev.weir.e2e.soak;

import org.jspecify.annotations.NullMarked;
