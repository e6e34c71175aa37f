package dev.weir.script.lib;

import dev.weir.script.engine.Library;
import dev.weir.script.engine.Text;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;

/** {@code json}: what is decoded is a view over the host's tree, so that nothing is lost. */
public final class JsonLibrary {
  public static final Library LIBRARY = Library.named("json")
      .value("null", JsonValues.NULL)
      .function(
          "decode", args -> JsonDocument.decode(Text.bytes(args.checkstring(1))).view())
      .function("encode", args -> {
        if (args.arg1().isnil()) {
          throw new LuaError("nil is not writable as JSON; json.null is");
        }
        return Text.ofBytes(JsonDocument.of(args.arg1()).bytes());
      })
      .function("array", args -> array(args.arg1()))
      .function(
          "is_array",
          args -> LuaValue.valueOf(args.arg1() instanceof JsonView view && view.isArray()))
      .function(
          "is_object",
          args -> LuaValue.valueOf(args.arg1() instanceof JsonView view && !view.isArray()))
      .seal();

  private JsonLibrary() {}

  /** An array even when it is empty. */
  private static LuaValue array(LuaValue items) {
    LuaValue array = JsonDocument.decode(new byte[] {'[', ']'}).view();
    LuaTable table = items.opttable(new LuaTable());
    for (int i = 1; i <= table.length(); i++) {
      array.set(i, table.get(i));
    }
    return array;
  }
}
