package dev.weir.script.trial;

import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Raised;
import dev.weir.script.engine.Text;
import dev.weir.script.engine.Walkable;
import dev.weir.script.lib.StringLibrary;
import java.util.TreeSet;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** {@code t.eq}, {@code t.ok}, {@code t.errors}: each fails at the line that calls it. */
final class Assertions {
  private static final int LONGEST = 200;
  private static final int DEEPEST = 20;

  private Assertions() {}

  static Varargs eq(Varargs args) {
    if (!same(args.arg1(), args.arg(2), 0)) {
      throw failed("expected " + shown(args.arg(2)) + ", got " + shown(args.arg1())
          + (args.isnil(3) ? "" : ": " + args.arg(3).tojstring()));
    }
    return LuaValue.NONE;
  }

  static Varargs ok(Varargs args) {
    if (!args.arg1().toboolean()) {
      throw failed(
          args.isnil(2)
              ? "expected something true, got " + shown(args.arg1())
              : args.arg(2).tojstring());
    }
    return LuaValue.NONE;
  }

  /** {@code t.errors(function, "part of the message")}. */
  static Varargs errors(Varargs args) {
    String part = args.optjstring(2, "");
    try {
      args.checkfunction(1).call();
    } catch (LuaError e) {
      String message = Text.utf8(StringLibrary.text(Raised.valueOf(e)));
      if (!message.contains(part)) {
        throw failed("expected an error with \"" + part + "\", got \"" + message + "\"");
      }
      return LuaValue.NONE;
    }
    throw failed("expected an error" + (part.isEmpty() ? "" : " with \"" + part + "\""));
  }

  static LuaError failed(String message) {
    String at = Budget.current().where(1);
    return new Raised(Text.ofUtf8((at.isEmpty() ? "" : at + ": ") + message));
  }

  private static boolean same(LuaValue a, LuaValue b, int depth) {
    if (a.raweq(b)) {
      return true;
    }
    if (!(a instanceof LuaTable left) || !(b instanceof LuaTable right) || depth == DEEPEST) {
      return false;
    }
    if (left.keyCount() != right.keyCount()) {
      return false;
    }
    for (LuaValue key : left.keys()) {
      if (!same(left.get(key), right.get(key), depth + 1)) {
        return false;
      }
    }
    return true;
  }

  private static String shown(LuaValue value) {
    String text;
    if (value instanceof LuaString string) {
      text = "\"" + Text.utf8(string).replaceAll("\\p{Cntrl}", "·") + "\"";
    } else if (value instanceof LuaTable table) {
      TreeSet<String> entries = new TreeSet<>();
      for (LuaValue key : table.keys()) {
        entries.add(key.tojstring() + " = " + table.get(key).tojstring());
      }
      text = "{" + String.join(", ", entries) + "}";
    } else if (value instanceof Walkable) {
      text = value.tojstring();
    } else {
      text = Text.utf8(StringLibrary.text(value));
    }
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
