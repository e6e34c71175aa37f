/**
 * The oracle and the process launcher: what the end-to-end tests and long soaks are made of. Not
 * shipped.
 */
@NullMarked
package dev.weir.e2e;

import org.jspecify.annotations.NullMarked;
