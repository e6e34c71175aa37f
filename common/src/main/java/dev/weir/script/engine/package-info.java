/**
 * The sandbox: LuaJ with nothing in it but what {@link dev.weir.script.engine.Library} tables give,
 * and a {@link dev.weir.script.engine.Budget} over time, instructions, memory, depth and threads.
 */
@NullMarked
package dev.weir.script.engine;

import org.jspecify.annotations.NullMarked;
