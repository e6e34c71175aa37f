package dev.weir.script.lib;

import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Library;
import dev.weir.script.engine.Text;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Comparator;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** Lua's {@code table}; works on JSON arrays of the host as well. */
public final class TableLibrary {
  public static final Library LIBRARY = Library.standard("table")
      .function("concat", TableLibrary::concat)
      .function("insert", TableLibrary::insert)
      .function("pack", TableLibrary::pack)
      .function("remove", TableLibrary::remove)
      .function("sort", TableLibrary::sort)
      .function("unpack", TableLibrary::unpack)
      .seal();

  private static final int MOST_VALUES = 8000;
  private static final int STEPS_PER_COMPARISON = 2;

  private TableLibrary() {}

  /** A list of the host's that knows how to make room. */
  public interface Sequence {
    void insert(int position, LuaValue value);

    LuaValue remove(int position);
  }

  private static LuaValue list(Varargs args) {
    LuaValue list = args.checkvalue(1);
    if (!(list instanceof LuaTable) && !(list instanceof Sequence)) {
      throw new LuaError("bad argument #1: table expected, got " + list.typename());
    }
    return list;
  }

  static Varargs unpack(Varargs args) {
    LuaValue list = list(args);
    long from = args.optlong(2, 1);
    long through = args.isnil(3) ? list.length() : args.checklong(3);
    if (from > through) {
      return LuaValue.NONE;
    }
    if (through - from >= MOST_VALUES || through - from < 0) {
      throw new LuaError("too many results to unpack: at most " + MOST_VALUES);
    }
    LuaValue[] values = new LuaValue[(int) (through - from + 1)];
    Budget.current().charge(values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(LuaValue.valueOf((double) (from + i)));
    }
    return LuaValue.varargsOf(values);
  }

  private static Varargs pack(Varargs args) {
    LuaTable table = new LuaTable(args.narg(), 1);
    for (int i = 1; i <= args.narg(); i++) {
      table.set(i, args.arg(i));
    }
    table.set("n", args.narg());
    return table;
  }

  private static Varargs concat(Varargs args) {
    LuaValue list = list(args);
    LuaString between = args.optstring(2, LuaValue.EMPTYSTRING);
    long from = args.optlong(3, 1);
    long through = args.isnil(4) ? list.length() : args.checklong(4);
    Budget budget = Budget.current();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (long i = from; i <= through; i++) {
      LuaValue value = list.get(LuaValue.valueOf((double) i));
      if (!value.isstring()) {
        throw new LuaError(
            "invalid value (a " + value.typename() + ") at index " + i + " to concatenate");
      }
      LuaString piece = StringLibrary.text(value);
      put(out, piece, budget);
      if (i < through) {
        put(out, between, budget);
      }
    }
    return Text.ofBytes(out.toByteArray());
  }

  private static void put(ByteArrayOutputStream out, LuaString piece, Budget budget) {
    budget.charge(1 + (piece.m_length >> 6));
    if (out.size() + (long) piece.m_length > budget.limits().string().bytes()) {
      budget.allocate(out.size() + (long) piece.m_length);
    }
    out.write(piece.m_bytes, piece.m_offset, piece.m_length);
  }

  private static Varargs insert(Varargs args) {
    LuaValue list = list(args);
    int length = list.length();
    if (args.narg() != 2 && args.narg() != 3) {
      throw new LuaError("wrong number of arguments");
    }
    int position = args.narg() == 2 ? length + 1 : args.checkint(2);
    LuaValue value = args.arg(args.narg());
    if (position < 1 || position > length + 1) {
      throw new LuaError("bad argument #2: position out of bounds");
    }
    Budget.current().charge(length - position + 1);
    if (list instanceof Sequence sequence) {
      sequence.insert(position, value);
      return LuaValue.NONE;
    }
    for (int i = length; i >= position; i--) {
      list.set(i + 1, list.get(i));
    }
    list.set(position, value);
    return LuaValue.NONE;
  }

  private static Varargs remove(Varargs args) {
    LuaValue list = list(args);
    int length = list.length();
    int position = args.optint(2, length);
    if (args.isnil(2) && length == 0) {
      return LuaValue.NIL;
    }
    if (length + 1 == position) {
      LuaValue last = list.get(LuaValue.valueOf(position));
      if (!(list instanceof Sequence)) {
        list.set(position, LuaValue.NIL);
      }
      return last;
    }
    if (position < 1 || position > length) {
      throw new LuaError("bad argument #2: position out of bounds");
    }
    Budget.current().charge(length - position + 1);
    if (list instanceof Sequence sequence) {
      return sequence.remove(position);
    }
    LuaValue removed = list.get(position);
    for (int i = position; i < length; i++) {
      list.set(i, list.get(i + 1));
    }
    list.set(length, LuaValue.NIL);
    return removed;
  }

  private static Varargs sort(Varargs args) {
    LuaTable table = args.checktable(1);
    LuaValue less = args.isnil(2) ? LuaValue.NIL : args.checkfunction(2);
    int length = table.length();
    Budget budget = Budget.current();
    budget.allocate(length * 8L);
    LuaValue[] values = new LuaValue[length];
    for (int i = 0; i < length; i++) {
      budget.charge(1);
      values[i] = table.get(i + 1);
    }
    Comparator<LuaValue> order = (a, b) -> {
      budget.charge(STEPS_PER_COMPARISON);
      return isLess(less, a, b) ? -1 : isLess(less, b, a) ? 1 : 0;
    };
    try {
      Arrays.sort(values, order);
    } catch (IllegalArgumentException e) {
      throw new LuaError("invalid order function for sorting");
    }
    for (int i = 0; i < length; i++) {
      table.set(i + 1, values[i]);
    }
    return LuaValue.NONE;
  }

  private static boolean isLess(LuaValue less, LuaValue a, LuaValue b) {
    return less.isnil() ? a.lt_b(b) : less.call(a, b).toboolean();
  }
}
