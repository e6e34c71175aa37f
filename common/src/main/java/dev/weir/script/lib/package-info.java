/**
 * The libraries that scripts find as globals: Lua's own, rewritten so that each counts its work
 * against the budget, and Weir's.
 */
@NullMarked
package dev.weir.script.lib;

import org.jspecify.annotations.NullMarked;
