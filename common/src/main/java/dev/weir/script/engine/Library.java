package dev.weir.script.engine;

import java.util.Arrays;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;

/**
 * A table of functions that scripts read and cannot change, so that one table can serve all virtual
 * machines. In a strict one a misspelt name is an error, not nil.
 */
public final class Library extends LuaTable {
  private final String name;
  private final boolean strict;
  private boolean sealed;

  private Library(String name, boolean strict) {
    this.name = name;
    this.strict = strict;
  }

  /** Of Weir's own: strict. */
  public static Library named(String name) {
    return new Library(name, true);
  }

  /** Of Lua's own: scripts may ask whether a function is there. */
  public static Library standard(String name) {
    return new Library(name, false);
  }

  public Library function(String function, Builtin.Body body) {
    return value(function, new Builtin(name + "." + function, body));
  }

  public Library value(String key, LuaValue value) {
    rawset(key, value);
    return this;
  }

  public Library seal() {
    sealed = true;
    return this;
  }

  @Override
  public LuaValue get(LuaValue key) {
    LuaValue value = rawget(key);
    if (strict && value.isnil()) {
      throw new LuaError(name + " has no \"" + Text.shown(key) + "\""
          + Suggestion.of(Text.shown(key), Arrays.stream(keys()).map(LuaValue::tojstring)));
    }
    return value;
  }

  @Override
  public LuaValue get(int key) {
    return get(valueOf(key));
  }

  @Override
  public void set(int key, LuaValue value) {
    rawset(key, value);
  }

  @Override
  public void set(LuaValue key, LuaValue value) {
    rawset(key, value);
  }

  @Override
  public void rawset(int key, LuaValue value) {
    refuseIfSealed();
    super.rawset(key, value);
  }

  @Override
  public void rawset(LuaValue key, LuaValue value) {
    refuseIfSealed();
    super.rawset(key, value);
  }

  @Override
  public void hashset(LuaValue key, LuaValue value) {
    refuseIfSealed();
    super.hashset(key, value);
  }

  @Override
  public LuaValue setmetatable(LuaValue metatable) {
    refuseIfSealed();
    return super.setmetatable(metatable);
  }

  @Override
  public LuaValue remove(int position) {
    refuseIfSealed();
    return super.remove(position);
  }

  @Override
  public void insert(int position, LuaValue value) {
    refuseIfSealed();
    super.insert(position, value);
  }

  @Override
  public void sort(LuaValue comparator) {
    refuseIfSealed();
  }

  private void refuseIfSealed() {
    if (sealed) {
      throw new LuaError(name + " is read-only");
    }
  }
}
