package dev.weir.script.view;

import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Numbers;
import dev.weir.script.engine.Text;
import dev.weir.script.engine.Walkable;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** {@code req.meta}: a small map of strings that stays with the capture. */
final class MetaMap extends View implements Walkable {
  private static final int MOST_ENTRIES = 64;
  private static final int LONGEST_KEY = 128;
  private static final int LONGEST_VALUE = 4096;

  private final RequestDraft draft;

  MetaMap(RequestDraft draft) {
    super("req.meta", draft);
    this.draft = draft;
  }

  private static String name(LuaValue key) {
    if (key instanceof LuaString text && text.m_length > 0 && text.m_length <= LONGEST_KEY) {
      return Text.utf8(text);
    }
    throw new LuaError("a key of req.meta is a string of 1 to " + LONGEST_KEY + " bytes");
  }

  @Override
  public LuaValue get(LuaValue key) {
    String value = draft.meta.get(name(key));
    return value == null ? NIL : Text.ofUtf8(value);
  }

  @Override
  public void set(LuaValue key, LuaValue value) {
    Map<String, String> changed = new TreeMap<>(draft.meta);
    if (value.isnil()) {
      changed.remove(name(key));
    } else {
      changed.put(name(key), text(value));
    }
    if (changed.size() > MOST_ENTRIES) {
      throw new LuaError("req.meta has " + MOST_ENTRIES + " entries at most");
    }
    draft.meta = changed;
  }

  private static String text(LuaValue value) {
    if (value.type() == TNUMBER) {
      return Numbers.tostring(value).tojstring();
    }
    if (value instanceof LuaString text && text.m_length <= LONGEST_VALUE) {
      return Text.utf8(text);
    }
    throw new LuaError("a value of req.meta is a number or a string of at most " + LONGEST_VALUE
        + " bytes, not " + value.typename());
  }

  @Override
  public Varargs walk() {
    Iterator<Map.Entry<String, String>> entries =
        new TreeMap<>(draft.meta).entrySet().iterator();
    Builtin step = new Builtin(
        "pairs",
        args -> {
          if (!entries.hasNext()) {
            return NIL;
          }
          Map.Entry<String, String> entry = entries.next();
          return varargsOf(Text.ofUtf8(entry.getKey()), Text.ofUtf8(entry.getValue()));
        },
        this);
    return varargsOf(step, this, NIL);
  }
}
