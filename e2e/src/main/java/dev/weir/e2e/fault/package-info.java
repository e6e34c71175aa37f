/** What goes wrong with a line: each fault a small class behind one contract. */
@NullMarked
package dev.weir.e2e.fault;

import org.jspecify.annotations.NullMarked;
