package dev.weir.script.engine;

import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.VarArgFunction;

/** A function of the host that scripts can call. */
public final class Builtin extends VarArgFunction {
  private final String label;
  private final Body body;
  private final LuaValue held;

  public Builtin(String name, Body body) {
    this(name, body, NIL);
  }

  /** @param held what the function keeps alive, so that it is counted where the function is kept */
  public Builtin(String name, Body body, LuaValue held) {
    this.label = name;
    this.body = body;
    this.held = held;
  }

  LuaValue held() {
    return held;
  }

  /** What the function does. */
  @FunctionalInterface
  public interface Body {
    Varargs call(Varargs args);
  }

  @Override
  public Varargs invoke(Varargs args) {
    try {
      return body.call(args);
    } catch (LuaError e) {
      throw named(e);
    }
  }

  /** LuaJ's argument checks do not know whose argument was bad. */
  private LuaError named(LuaError error) {
    String message = error.getMessage();
    boolean argument = error.getClass() == LuaError.class
        && message != null
        && message.startsWith("bad argument")
        && !message.contains("\n");
    return argument ? new LuaError(label + ": " + message) : error;
  }

  @Override
  public String tojstring() {
    return "function: " + label;
  }

  @Override
  public String name() {
    return label;
  }
}
