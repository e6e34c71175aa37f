package dev.weir.script.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * The {@code coroutine} library of one virtual machine. Each coroutine under way has a thread, of
 * which one runs at a time. All of them share the call's budget, and none outlives the call.
 */
final class Coroutines {
  static final int MOST_AT_ONCE = 16;
  private static final int STEPS_PER_START = 20_000;

  private final Budget budget;
  private final List<Coroutine> underWay = new ArrayList<>();
  private @Nullable Coroutine running;

  Coroutines(Budget budget) {
    this.budget = budget;
  }

  Library library() {
    return Library.standard("coroutine")
        .function("create", args -> new Coroutine(args.checkfunction(1)))
        .function("resume", this::resume)
        .function("yield", this::suspend)
        .function("status", args -> LuaValue.valueOf(coroutine(args).status(running)))
        .function("isyieldable", args -> LuaValue.valueOf(running != null))
        .function(
            "running",
            args -> running == null
                ? LuaValue.varargsOf(LuaValue.NIL, LuaValue.TRUE)
                : LuaValue.varargsOf(running, LuaValue.FALSE))
        .function("wrap", args -> {
          Coroutine wrapped = new Coroutine(args.checkfunction(1));
          return new Builtin("wrap", values -> resume(wrapped, values), wrapped);
        })
        .seal();
  }

  private static Coroutine coroutine(Varargs args) {
    if (args.arg1() instanceof Coroutine coroutine) {
      return coroutine;
    }
    throw new LuaError("bad argument: coroutine expected, got " + args.arg1().typename());
  }

  private Varargs resume(Varargs args) {
    Coroutine coroutine = coroutine(args);
    try {
      return LuaValue.varargsOf(LuaValue.TRUE, resume(coroutine, args.subargs(2)));
    } catch (RuntimeException e) {
      return LuaValue.varargsOf(LuaValue.FALSE, Raised.valueOf(e));
    }
  }

  private Varargs resume(Coroutine coroutine, Varargs values) {
    String status = coroutine.status(running);
    if (!status.equals("suspended")) {
      throw new LuaError("cannot resume a " + status + " coroutine");
    }
    if (coroutine.isNew()) {
      if (underWay.size() == MOST_AT_ONCE) {
        throw new LuaError("more than " + MOST_AT_ONCE + " coroutines at once");
      }
      budget.charge(STEPS_PER_START);
      underWay.add(coroutine);
    }
    Coroutine outer = running;
    running = coroutine;
    Frames mine = budget.swap(coroutine.frames);
    budget.leave();
    try {
      return coroutine.resume(values, budget);
    } finally {
      budget.swap(mine);
      budget.arrive();
      running = outer;
      if (coroutine.isDead()) {
        underWay.remove(coroutine);
      }
    }
  }

  private Varargs suspend(Varargs values) {
    if (running == null) {
      throw new LuaError("attempt to yield from outside a coroutine");
    }
    return running.suspend(values, budget);
  }

  /** Unwinds what the call left suspended; no Lua runs any more in there. */
  void end() {
    if (!underWay.isEmpty()) {
      underWay.forEach(Coroutine::kill);
      underWay.clear();
    }
    running = null;
  }
}
