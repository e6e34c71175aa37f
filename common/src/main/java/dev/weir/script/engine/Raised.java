package dev.weir.script.engine;

import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** A Lua error whose value is final: nothing is put before or after it on its way up. */
public final class Raised extends LuaError {
  private static final long serialVersionUID = 1;

  /** Of a message: the host repeats no more of it. */
  private static final int LONGEST = 1000;

  @SuppressWarnings("serial") // never serialized: it does not leave the engine
  private final LuaValue value;

  public Raised(LuaValue value) {
    super(value);
    this.value = value;
  }

  /** What {@code pcall} gives to the script. */
  public static LuaValue valueOf(RuntimeException error) {
    return error instanceof Raised raised ? raised.value : Text.ofUtf8(messageOf(error));
  }

  /**
   * In the form {@code file:line: message}. LuaJ writes "@file:line message", a line feed and a
   * stack trace, which is empty here.
   */
  static String messageOf(Throwable error) {
    if (error instanceof Raised raised) {
      return raised.value instanceof LuaString text
          ? Text.beginning(text, LONGEST)
          : raised.value.tojstring();
    }
    if (error instanceof StackOverflowError) {
      return "stack overflow: calls nest too deeply";
    }
    String message = String.valueOf(error.getMessage()).stripTrailing();
    if (!(error instanceof LuaError) || !message.startsWith("@")) {
      return message;
    }
    int space = message.indexOf(' ', message.indexOf(':') + 1);
    String at = message.substring(1, space < 0 ? message.length() : space);
    String rest = space < 0 ? "" : message.substring(space + 1);
    // an error of the compiler in load() names its own place already
    return rest.matches("(?s)\\S+:\\d+: .*") ? rest : at + ": " + rest;
  }
}
