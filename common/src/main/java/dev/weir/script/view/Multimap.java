package dev.weir.script.view;

import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Numbers;
import dev.weir.script.engine.Suggestion;
import dev.weir.script.engine.Text;
import dev.weir.script.engine.Walkable;
import dev.weir.script.engine.Weighed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * An ordered map with several values per name: {@code h["X-Name"]} is the first value or nil,
 * {@code h:all("X-Name")} every one. Holds no state: each access reads and writes the draft behind
 * it.
 */
abstract class Multimap extends View implements Walkable {
  private static final Map<LuaValue, LuaValue> METHODS = new HashMap<>();

  static {
    method("all", args -> self(args).all(name(args.arg(2))));
    method("get", args -> self(args).first(name(args.arg(2))));
    method("has", args -> LuaValue.valueOf(self(args).has(name(args.arg(2)))));
    method("set", args -> self(args).change(name(args.arg(2)), args.arg(3)));
    method("remove", args -> self(args).change(name(args.arg(2)), LuaValue.NIL));
    method("add", args -> self(args).append(name(args.arg(2)), text(args.arg(3))));
  }

  private static void method(String name, Builtin.Body body) {
    METHODS.put(valueOf(name), new Builtin(name, body));
  }

  Multimap(String label, Weighed shown) {
    super(label, shown);
  }

  abstract List<Pair> read();

  abstract void write(List<Pair> pairs);

  abstract Pair make(String name, String value);

  boolean isSame(String a, String b) {
    return a.equals(b);
  }

  /** {@code old} with another value. */
  Pair changed(Pair old, String value) {
    return make(old.name(), value);
  }

  /** The methods that this kind has beyond those of all. */
  Map<LuaValue, LuaValue> ownMethods() {
    return Map.of();
  }

  private static Multimap self(Varargs args) {
    if (args.arg1() instanceof Multimap map) {
      return map;
    }
    throw new LuaError("call it with a colon, as in req.headers:all(name)");
  }

  static String name(LuaValue value) {
    if (value instanceof LuaString text && text.m_length > 0) {
      return Text.wire(text);
    }
    throw new LuaError("a name is a string that is not empty, not " + value.typename());
  }

  static String text(LuaValue value) {
    if (value instanceof LuaString text) {
      return Text.wire(text);
    }
    if (value.type() == TNUMBER) {
      return Text.wire(Numbers.tostring(value).checkstring());
    }
    throw new LuaError("a value is a string or number, not " + value.typename());
  }

  @Override
  public LuaValue get(LuaValue key) {
    if (Budget.current().looksUpMethod()) {
      LuaValue method = METHODS.get(key);
      if (method == null) {
        method = ownMethods().get(key);
      }
      if (method != null) {
        return method;
      }
      throw new LuaError(label() + " has no method \"" + Text.shown(key) + "\""
          + Suggestion.of(Text.shown(key), METHODS.keySet().stream().map(LuaValue::tojstring)));
    }
    return first(name(key));
  }

  @Override
  public void set(LuaValue key, LuaValue value) {
    change(name(key), value);
  }

  LuaValue first(String name) {
    for (Pair pair : read()) {
      if (isSame(pair.name(), name)) {
        return Text.ofWire(pair.value());
      }
    }
    return NIL;
  }

  private boolean has(String name) {
    return !first(name).isnil();
  }

  private LuaTable all(String name) {
    LuaTable values = new LuaTable();
    int count = 0;
    for (Pair pair : read()) {
      if (isSame(pair.name(), name)) {
        values.set(++count, Text.ofWire(pair.value()));
      }
    }
    return values;
  }

  Varargs append(String name, String value) {
    List<Pair> pairs = new ArrayList<>(read());
    pairs.add(make(name, value));
    store(pairs);
    return NONE;
  }

  private Varargs change(String name, LuaValue value) {
    List<String> values = values(value);
    List<Pair> pairs = new ArrayList<>();
    boolean placed = false;
    for (Pair pair : read()) {
      if (!isSame(pair.name(), name)) {
        pairs.add(pair);
      } else if (!placed) {
        values.forEach(each -> pairs.add(changed(pair, each)));
        placed = true;
      }
    }
    if (!placed) {
      if (values.isEmpty()) {
        return NONE;
      }
      values.forEach(each -> pairs.add(make(name, each)));
    }
    store(pairs);
    return NONE;
  }

  private static List<String> values(LuaValue value) {
    if (value.isnil()) {
      return List.of();
    }
    if (!(value instanceof LuaTable table)) {
      return List.of(text(value));
    }
    List<String> values = new ArrayList<>();
    for (int i = 1; i <= table.length(); i++) {
      values.add(text(table.get(i)));
    }
    return values;
  }

  void store(List<Pair> pairs) {
    Budget.current().charge(pairs.size());
    write(pairs);
  }

  /** Walks a snapshot, so that a loop may change what it walks. */
  @Override
  public Varargs walk() {
    List<Pair> pairs = List.copyOf(read());
    int[] at = {0};
    Builtin step = new Builtin(
        "pairs",
        args -> {
          if (at[0] == pairs.size()) {
            return NIL;
          }
          Pair pair = pairs.get(at[0]++);
          return varargsOf(Text.ofWire(pair.name()), Text.ofWire(pair.value()));
        },
        this);
    return varargsOf(step, this, NIL);
  }

  @Override
  public LuaValue len() {
    return valueOf(length());
  }

  @Override
  public int length() {
    return read().size();
  }
}
