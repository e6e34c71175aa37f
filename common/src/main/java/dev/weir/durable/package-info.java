/** Steps that must survive a crash, and the places between them where a test halts the process. */
@NullMarked
package dev.weir.durable;

import org.jspecify.annotations.NullMarked;
