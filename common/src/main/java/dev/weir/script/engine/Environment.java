package dev.weir.script.engine;

import java.util.Arrays;
import java.util.Map;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.compiler.LuaC;

/**
 * The global names of one virtual machine. Reading one that does not exist is an error;
 * {@code rawget(_G, "name")} asks.
 */
final class Environment extends Globals {
  private static final String ONE_FILE = "each script is one file, and libraries are globals";
  private static final String NO_FILES = "scripts have no access to files or processes";
  private static final Map<String, String> ABSENT = Map.of(
      "require", ONE_FILE,
      "module", ONE_FILE,
      "package", ONE_FILE,
      "dofile", ONE_FILE,
      "loadfile", ONE_FILE,
      "io", NO_FILES,
      "luajava", "scripts have no access to Java",
      "debug", "scripts have no access to the debugger");

  Environment(Budget budget) {
    debuglib = budget;
    compiler = LuaC.instance;
    loader = LuaC.instance;
    undumper = null; // bytecode is never loaded
    STDIN = null;
    rawset("_G", this);
  }

  @Override
  public LuaValue get(LuaValue key) {
    LuaValue value = super.get(key);
    return value.isnil() ? missing(Text.shown(key)) : value;
  }

  private LuaValue missing(String name) {
    String why = ABSENT.get(name);
    throw new LuaError("undefined name \"" + name + "\""
        + (why == null
            ? Suggestion.of(name, Arrays.stream(keys()).map(LuaValue::tojstring))
            : ": " + why));
  }
}
