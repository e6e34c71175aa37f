package dev.weir.script.engine;

import java.io.ByteArrayInputStream;
import java.util.Map;
import java.util.TreeMap;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * The basic functions of Lua, without those that reach files, bytecode or the garbage collector.
 * {@code pcall} does not catch the end of the budget.
 */
final class Basics {
  private static final int LARGEST_CHUNK = 64 << 10;
  private static final int STEPS_PER_PROTECTED_CALL = 20;

  private final Budget budget;
  private final Environment environment;
  private final Builtin next = new Builtin("next", Basics::next);
  private final Builtin step = new Builtin("ipairs", Basics::step);

  private Basics(Budget budget, Environment environment) {
    this.budget = budget;
    this.environment = environment;
  }

  static void install(Budget budget, Environment environment) {
    new Basics(budget, environment)
        .functions()
        .forEach((name, body) -> environment.rawset(name, new Builtin(name, body)));
  }

  private Map<String, Builtin.Body> functions() {
    Map<String, Builtin.Body> functions = new TreeMap<>();
    functions.put("assert", Basics::assertTrue);
    functions.put("collectgarbage", args -> LuaValue.ZERO);
    functions.put("error", this::error);
    functions.put("getmetatable", Basics::getmetatable);
    functions.put("ipairs", args -> LuaValue.varargsOf(step, args.checkvalue(1), LuaValue.ZERO));
    functions.put("load", this::load);
    functions.put("next", Basics::next);
    functions.put("pairs", this::pairs);
    functions.put("pcall", this::pcall);
    functions.put(
        "rawequal", args -> LuaValue.valueOf(args.checkvalue(1).raweq(args.checkvalue(2))));
    functions.put("rawget", args -> args.checktable(1).rawget(args.checkvalue(2)));
    functions.put("rawlen", args -> LuaValue.valueOf(args.checkvalue(1).rawlen()));
    functions.put("rawset", Basics::rawset);
    functions.put("select", Basics::select);
    functions.put("setmetatable", Basics::setmetatable);
    functions.put("tonumber", Basics::tonumber);
    functions.put("tostring", args -> tostring(args.checkvalue(1)));
    functions.put("type", args -> LuaValue.valueOf(args.checkvalue(1).typename()));
    functions.put("xpcall", this::xpcall);
    return functions;
  }

  private static Varargs assertTrue(Varargs args) {
    if (args.checkvalue(1).toboolean()) {
      return args;
    }
    LuaValue message = args.arg(2);
    if (message.isnil()) {
      throw new LuaError("assertion failed!");
    }
    throw new Raised(message);
  }

  private Varargs error(Varargs args) {
    LuaValue message = args.arg1();
    String at = message instanceof LuaString ? budget.where(args.optint(2, 1)) : "";
    if (at.isEmpty()) {
      throw new Raised(message);
    }
    budget.allocate(message.length());
    throw new Raised(Text.ofUtf8(at + ": ").concat(message));
  }

  private static Varargs getmetatable(Varargs args) {
    LuaValue metatable = args.checkvalue(1).getmetatable();
    if (metatable == null) {
      return LuaValue.NIL;
    }
    LuaValue shown = metatable.rawget("__metatable");
    return shown.isnil() ? metatable : shown;
  }

  private static Varargs setmetatable(Varargs args) {
    LuaTable table = args.checktable(1);
    LuaValue metatable = args.checkvalue(2);
    if (!metatable.isnil()) {
      metatable.checktable();
    }
    LuaValue present = table.getmetatable();
    if (present != null && !present.rawget("__metatable").isnil()) {
      throw new LuaError("cannot change a protected metatable");
    }
    return table.setmetatable(metatable.isnil() ? null : metatable);
  }

  private static Varargs next(Varargs args) {
    return args.checktable(1).next(args.arg(2));
  }

  private Varargs pairs(Varargs args) {
    LuaValue walked = args.checkvalue(1);
    if (walked instanceof Walkable view) {
      return view.walk();
    }
    LuaValue own = walked.metatag(LuaValue.valueOf("__pairs"));
    if (!own.isnil()) {
      Varargs result = own.invoke(walked);
      return LuaValue.varargsOf(result.arg1(), result.arg(2), result.arg(3));
    }
    return LuaValue.varargsOf(next, walked.checktable(), LuaValue.NIL);
  }

  private static Varargs step(Varargs args) {
    int index = args.checkint(2) + 1;
    LuaValue value = args.arg1().get(LuaValue.valueOf(index));
    return value.isnil() ? LuaValue.NONE : LuaValue.varargsOf(LuaValue.valueOf(index), value);
  }

  private static Varargs rawset(Varargs args) {
    LuaTable table = args.checktable(1);
    table.rawset(args.checkvalue(2).checknotnil(), args.checkvalue(3));
    return table;
  }

  private static Varargs select(Varargs args) {
    if (args.arg1().raweq(LuaValue.valueOf("#"))) {
      return LuaValue.valueOf(args.narg() - 1);
    }
    int from = args.checkint(1);
    if (from == 0 || from < 1 - args.narg()) {
      throw new LuaError("bad argument #1: index out of range");
    }
    return args.subargs(from < 0 ? args.narg() + from + 1 : from + 1);
  }

  private static Varargs tonumber(Varargs args) {
    LuaValue value = args.checkvalue(1);
    if (args.isnil(2)) {
      return value.tonumber();
    }
    int base = args.checkint(2);
    if (base < 2 || base > 36) {
      throw new LuaError("bad argument #2: base out of range");
    }
    return value.checkstring().tonumber(base);
  }

  static LuaValue tostring(LuaValue value) {
    LuaValue own = value.metatag(LuaValue.valueOf("__tostring"));
    if (!own.isnil() && !(value instanceof LuaString)) {
      return own.call(value);
    }
    if (value.type() == LuaValue.TNUMBER) {
      return Numbers.tostring(value);
    }
    LuaValue text = value.tostring();
    return text.isnil() ? Text.ofUtf8(value.tojstring()) : text;
  }

  private Varargs pcall(Varargs args) {
    budget.charge(STEPS_PER_PROTECTED_CALL);
    try {
      return LuaValue.varargsOf(LuaValue.TRUE, args.checkvalue(1).invoke(args.subargs(2)));
    } catch (RuntimeException e) {
      return LuaValue.varargsOf(LuaValue.FALSE, Raised.valueOf(e));
    }
  }

  private Varargs xpcall(Varargs args) {
    budget.charge(STEPS_PER_PROTECTED_CALL);
    LuaValue handler = args.checkvalue(2);
    try {
      return LuaValue.varargsOf(LuaValue.TRUE, args.checkvalue(1).invoke(args.subargs(3)));
    } catch (RuntimeException e) {
      return LuaValue.varargsOf(LuaValue.FALSE, handler.invoke(Raised.valueOf(e)));
    }
  }

  /** Text only, into the same environment: another one would be out of the budget's sight. */
  private Varargs load(Varargs args) {
    if (!args.isnil(4)) {
      throw new LuaError("load: another environment is not allowed");
    }
    LuaValue chunk = args.checkvalue(1);
    byte[] source = Text.bytes(chunk.isfunction() ? joined(chunk) : chunk.checkstring());
    String name = args.isnil(2) ? "load" : Text.word(args.arg(2));
    try {
      return compile(source, name);
    } catch (RuntimeException e) {
      return LuaValue.varargsOf(LuaValue.NIL, Raised.valueOf(e));
    }
  }

  private LuaString joined(LuaValue reader) {
    LuaValue all = LuaValue.EMPTYSTRING;
    for (LuaValue piece = reader.call();
        !piece.isnil() && piece.checkstring().m_length > 0;
        piece = reader.call()) {
      budget.allocate(all.length() + (long) piece.length());
      all = all.concat(piece.checkstring());
      budget.charge(1 + (all.length() >> 6));
    }
    return all.checkstring();
  }

  private LuaValue compile(byte[] source, String name) {
    if (source.length > LARGEST_CHUNK) {
      throw new LuaError("chunk too long: " + source.length + " bytes, at most " + LARGEST_CHUNK);
    }
    if (source.length > 0 && source[0] == 0x1b) {
      throw new LuaError("attempt to load bytecode: only text is allowed");
    }
    budget.charge(source.length * 4L + 500);
    return environment.load(
        new ByteArrayInputStream(source),
        name.startsWith("@") || name.startsWith("=") ? "@" + name.substring(1) : "@" + name,
        "t",
        environment);
  }
}
