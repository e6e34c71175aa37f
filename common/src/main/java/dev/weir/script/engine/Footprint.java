package dev.weir.script.engine;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.luaj.vm2.LuaClosure;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.UpValue;
import org.luaj.vm2.Varargs;

/** About how many bytes a virtual machine keeps: a walk over what its roots lead to. */
final class Footprint {
  private static final int ENTRY_BYTES = 40;
  private static final int OBJECT_BYTES = 48;

  private final long enough;
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<LuaValue> open = new ArrayDeque<>();
  private long bytes;

  private Footprint(long enough) {
    this.enough = enough;
  }

  /** Stops counting once it is above {@code enough}. */
  static long of(List<? extends LuaValue> roots, long enough) {
    return new Footprint(enough).from(roots);
  }

  private long from(List<? extends LuaValue> roots) {
    roots.forEach(this::reach);
    while (!open.isEmpty() && bytes <= enough) {
      LuaValue value = open.remove();
      if (value instanceof LuaTable table) {
        walk(table);
      } else if (value instanceof LuaClosure closure) {
        for (UpValue upvalue : closure.upValues) {
          if (upvalue != null) {
            reach(upvalue.getValue());
          }
        }
      } else if (value instanceof Builtin builtin) {
        reach(builtin.held());
      } else if (value instanceof Coroutine coroutine) {
        reach(coroutine.function());
      }
    }
    return bytes;
  }

  private void walk(LuaTable table) {
    if (table.getmetatable() != null) {
      reach(table.getmetatable());
    }
    for (Varargs entry = table.next(LuaValue.NIL);
        !entry.arg1().isnil() && bytes <= enough;
        entry = table.next(entry.arg1())) {
      bytes += ENTRY_BYTES;
      reach(entry.arg1());
      reach(entry.arg(2));
    }
  }

  private void put(Object thing, LongSupplier size) {
    if (seen.add(thing)) {
      bytes += size.getAsLong();
    }
  }

  private void reach(LuaValue value) {
    if (value instanceof LuaString text) {
      put(text.m_bytes, () -> OBJECT_BYTES + text.m_bytes.length);
    } else if (value instanceof Weighed view) {
      if (seen.add(view)) {
        bytes += OBJECT_BYTES;
        view.weigh(this::put);
      }
    } else if (value instanceof LuaTable
        || value instanceof LuaClosure
        || value instanceof Builtin
        || value instanceof Coroutine) {
      if (seen.add(value)) {
        bytes += OBJECT_BYTES;
        open.add(value);
      }
    }
  }
}
