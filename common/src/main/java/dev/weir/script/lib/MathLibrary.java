package dev.weir.script.lib;

import dev.weir.script.engine.Library;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.jse.JseMathLib;

/** Lua's {@code math}: LuaJ's own, which does no more than one step of work a call. */
public final class MathLibrary {
  public static final Library LIBRARY = library();

  private MathLibrary() {}

  private static Library library() {
    LuaTable scratch = new LuaTable();
    LuaTable packages = new LuaTable();
    packages.set("loaded", new LuaTable());
    scratch.set("package", packages);
    new JseMathLib().call(LuaValue.valueOf("math"), scratch);
    LuaTable functions = scratch.get("math").checktable();
    Library library = Library.standard("math");
    for (Varargs entry = functions.next(LuaValue.NIL);
        !entry.arg1().isnil();
        entry = functions.next(entry.arg1())) {
      library.value(entry.arg1().tojstring(), entry.arg(2));
    }
    return library
        .function("tointeger", args -> {
          double value = args.checkdouble(1);
          return value == Math.rint(value) && !Double.isInfinite(value)
              ? LuaValue.valueOf(value)
              : LuaValue.NIL;
        })
        .seal();
  }
}
