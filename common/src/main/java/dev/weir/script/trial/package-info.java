/** Trying scripts without traffic: {@code weir script test} and {@code weir script try}. */
@NullMarked
package dev.weir.script.trial;

import org.jspecify.annotations.NullMarked;
