package dev.weir.script.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaClosure;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Prototype;
import org.luaj.vm2.Varargs;

/**
 * One virtual machine: the globals of one script for one worker. Calls are stopped within their
 * limits, and what is kept between calls is weighed now and then. One thread's own.
 */
public final class Vm {
  /** A walk over what is kept follows this much that was allocated or lent. */
  private static final long BYTES_BETWEEN_WALKS = 32 << 20;

  private final Budget budget;
  private final Coroutines coroutines;
  private final Environment environment;
  private final List<LuaValue> roots = new ArrayList<>();
  private final Limits limits;
  private long sinceWalk;
  private boolean broken;

  /** Holds the standard libraries and {@code names}; runs nothing yet. */
  public Vm(Limits limits, Map<String, ? extends LuaValue> names) {
    this.limits = limits;
    this.budget = new Budget(limits);
    this.coroutines = new Coroutines(budget);
    this.environment = new Environment(budget);
    Basics.install(budget, environment);
    environment.rawset("coroutine", coroutines.library());
    names.forEach(environment::rawset);
    roots.add(environment);
  }

  /** Runs the script's main part. */
  public void load(Prototype main) throws ScriptException {
    call(new LuaClosure(main, environment), LuaValue.NONE, limits.forLoading());
  }

  /** The global function of that name, or null. */
  public @Nullable LuaValue function(LuaString name) {
    LuaValue value = environment.rawget(name);
    return value.isfunction() ? value : null;
  }

  /** Counts what that function keeps, though no global leads to it. */
  public void hold(LuaValue function) {
    roots.add(function);
  }

  /** Says what the host hands to a call, which may keep it without allocating anything. */
  public void lend(long bytes) {
    sinceWalk += bytes;
  }

  /** The global names, those of the libraries included. */
  public String[] names() {
    LuaValue[] keys = environment.keys();
    String[] names = new String[keys.length];
    for (int i = 0; i < keys.length; i++) {
      names[i] = keys[i].tojstring();
    }
    return names;
  }

  public Varargs call(LuaValue function, Varargs args) throws ScriptException {
    return call(function, args, limits);
  }

  /**
   * @throws ScriptException if the function raised an error or was stopped; the machine can be
   *     called again unless it {@link #isBroken}
   */
  public Varargs call(LuaValue function, Varargs args, Limits within) throws ScriptException {
    Budget outer = budget.begin(within);
    Varargs result;
    try {
      result = function.invoke(args);
    } catch (RuntimeException | Stopped e) {
      throw new ScriptException(budget.placed(Raised.messageOf(e)), e);
    } catch (Error e) { // stack or memory, or a class that this build lacks
      broken = true;
      throw new ScriptException(budget.placed(Raised.messageOf(e)), e);
    } finally {
      sinceWalk += budget.end(outer);
      coroutines.end();
    }
    if (sinceWalk > BYTES_BETWEEN_WALKS) {
      weigh();
    }
    return result;
  }

  private void weigh() throws ScriptException {
    sinceWalk = 0;
    long kept = Footprint.of(roots, limits.retained().bytes());
    if (kept > limits.retained().bytes()) {
      broken = true;
      throw new ScriptException(
          "the script keeps more than " + limits.retained() + " between calls; it starts afresh");
    }
  }

  /** Whether it must not be used any more: open another one. */
  public boolean isBroken() {
    return broken;
  }

  /** Makes the methods of strings those of {@code library}, for every machine in this process. */
  public static void shareStringMethods(Library library) {
    LuaString.s_metatable = Library.standard("the metatable of strings")
        .value("__index", library)
        .value("__metatable", LuaValue.FALSE)
        .seal();
  }
}
