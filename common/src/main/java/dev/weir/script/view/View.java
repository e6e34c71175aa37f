package dev.weir.script.view;

import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Suggestion;
import dev.weir.script.engine.Text;
import dev.weir.script.engine.Weighed;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaUserdata;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * An object of the host's with named fields, on what it shows. A field that it does not have is an
 * error, not nil.
 */
abstract class View extends LuaUserdata implements Weighed {
  private final String label;
  private final Weighed shown;

  /** @param shown what is kept with the view */
  View(String label, Weighed shown) {
    super(label);
    this.label = label;
    this.shown = shown;
  }

  @Override
  public final void weigh(Scale scale) {
    shown.weigh(scale);
  }

  final String label() {
    return label;
  }

  /** The names of one kind of view. */
  static final class Fields<V extends View> {
    private final Map<LuaValue, Field<V>> fields = new HashMap<>();

    private record Field<V>(
        Function<V, LuaValue> read, @Nullable BiConsumer<V, LuaValue> write, boolean method) {}

    Fields<V> readOnly(String name, Function<V, LuaValue> read) {
      fields.put(valueOf(name), new Field<>(read, null, false));
      return this;
    }

    Fields<V> field(String name, Function<V, LuaValue> read, BiConsumer<V, LuaValue> write) {
      fields.put(valueOf(name), new Field<>(read, write, false));
      return this;
    }

    Fields<V> method(String name, Class<V> type, Method<V> body) {
      LuaValue function = new Builtin(name, args -> {
        if (!type.isInstance(args.arg1())) {
          throw new LuaError("call it with a colon, as in req:" + name + "(…)");
        }
        return body.call(type.cast(args.arg1()), args.subargs(2));
      });
      fields.put(valueOf(name), new Field<>(view -> function, null, true));
      return this;
    }

    Stream<String> names() {
      return fields.keySet().stream().map(LuaValue::tojstring).sorted();
    }

    private Field<V> named(LuaValue key, View view) {
      Field<V> field = fields.get(key);
      if (field == null) {
        throw new LuaError(view.label + " has no field \"" + Text.shown(key) + "\""
            + Suggestion.of(Text.shown(key), names()));
      }
      return field;
    }

    LuaValue get(V view, LuaValue key) {
      return named(key, view).read().apply(view);
    }

    void set(V view, LuaValue key, LuaValue value) {
      BiConsumer<V, LuaValue> write = named(key, view).write();
      if (write == null) {
        View named = view;
        throw new LuaError(named.label + "." + key.tojstring() + " is read-only");
      }
      write.accept(view, value);
    }
  }

  /** What a method of a view does with its arguments. */
  @FunctionalInterface
  interface Method<V> {
    Varargs call(V view, Varargs args);
  }

  @Override
  public LuaValue setmetatable(LuaValue metatable) {
    throw new LuaError(label + " has no metatable");
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a view is itself and nothing else
  public boolean raweq(LuaUserdata other) {
    return this == other;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String tojstring() {
    return label;
  }
}
