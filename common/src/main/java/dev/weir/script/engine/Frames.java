package dev.weir.script.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.Lua;
import org.luaj.vm2.LuaClosure;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Prototype;

/** The Lua functions under way on one thread, innermost last: for places in messages. */
final class Frames {
  /** A frame of Lua is several of Java; this many fit well into a stack of 512 KB. */
  static final int DEEPEST = 200;

  private static final int[] NO_CODE = {};
  private static final LuaValue[] NONE = {};

  private @Nullable LuaClosure[] closures = new LuaClosure[8];
  private LuaValue[][] stacks = new LuaValue[8][];
  private int[] counters = new int[8];
  private int depth;

  private @Nullable LuaClosure left;
  private int leftAt;

  int[] code = NO_CODE;
  int pc;

  void push(LuaClosure closure, LuaValue[] stack) {
    if (depth == DEEPEST) {
      throw new LuaError("stack overflow: more than " + DEEPEST + " calls within each other");
    }
    if (depth == closures.length) {
      closures = Arrays.copyOf(closures, 2 * depth);
      stacks = Arrays.copyOf(stacks, 2 * depth);
      counters = Arrays.copyOf(counters, 2 * depth);
    }
    if (depth > 0) {
      counters[depth - 1] = pc;
    }
    closures[depth] = closure;
    stacks[depth] = stack;
    depth++;
    code = closure.p.code;
  }

  void pop() {
    if (depth == 0) {
      return; // a stack overflow of Java's can leave the count behind
    }
    depth--;
    left = closures[depth];
    leftAt = pc;
    closures[depth] = null;
    stacks[depth] = NONE;
    if (depth > 0) {
      LuaClosure outer = closures[depth - 1];
      code = outer == null ? NO_CODE : outer.p.code;
      pc = counters[depth - 1];
    } else {
      code = NO_CODE;
    }
  }

  void clear() {
    while (depth > 0) {
      pop();
    }
    left = null;
  }

  LuaValue[] stack() {
    return depth == 0 ? NONE : stacks[depth - 1];
  }

  /** Whether the instruction under way is the look-up of a method: {@code x:name(…)}. */
  boolean looksUpMethod() {
    return pc < code.length && (code[pc] & 0x3f) == Lua.OP_SELF;
  }

  /** {@code file:line} of the function at that level, 1 being the innermost; or nothing. */
  String where(int level) {
    int at = depth - level;
    LuaClosure closure = level < 1 || at < 0 ? null : closures[at];
    if (closure == null) {
      return "";
    }
    return place(closure.p, level == 1 ? pc : counters[at]);
  }

  /** Where the function that ended last was: the caller, when a tail call fails. */
  String lastLeft() {
    return left == null ? "" : place(left.p, leftAt);
  }

  private static String place(Prototype p, int counter) {
    String file = p.source.tojstring();
    return (file.startsWith("@") ? file.substring(1) : file)
        + (counter < p.lineinfo.length ? ":" + p.lineinfo[counter] : "");
  }
}
