package dev.weir.script.runtime;

import dev.weir.config.Secret;
import dev.weir.script.ScriptSettings;
import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Suggestion;
import dev.weir.script.engine.Text;
import dev.weir.script.lib.CodecLibrary;
import dev.weir.script.lib.GrokLibrary;
import dev.weir.script.lib.HashLibrary;
import dev.weir.script.lib.JsonLibrary;
import dev.weir.script.lib.MaskLibrary;
import dev.weir.script.lib.MathLibrary;
import dev.weir.script.lib.ReLibrary;
import dev.weir.script.lib.StringLibrary;
import dev.weir.script.lib.TableLibrary;
import dev.weir.script.lib.TimeLibrary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;

/** The global names that a script finds, beside Lua's basic functions. */
final class Names {
  private static final Map<String, LuaValue> SAME_FOR_ALL = Map.ofEntries(
      Map.entry("string", StringLibrary.LIBRARY),
      Map.entry("table", TableLibrary.LIBRARY),
      Map.entry("unpack", TableLibrary.LIBRARY.get(LuaValue.valueOf("unpack"))),
      Map.entry("math", MathLibrary.LIBRARY),
      Map.entry("_VERSION", LuaValue.valueOf("Lua 5.2")),
      Map.entry("json", JsonLibrary.LIBRARY),
      Map.entry("base64", CodecLibrary.BASE64),
      Map.entry("hex", CodecLibrary.HEX),
      Map.entry("url", CodecLibrary.URL),
      Map.entry("hash", HashLibrary.HASH),
      Map.entry("hmac", HashLibrary.HMAC),
      Map.entry("re", ReLibrary.LIBRARY),
      Map.entry("mask", MaskLibrary.LIBRARY),
      Map.entry("grok", GrokLibrary.FUNCTION),
      Map.entry("drop", Decision.DROP),
      Map.entry("retry", Decision.RETRY),
      Map.entry("fail", Decision.FAIL),
      Map.entry(
          "uuid", new Builtin("uuid", args -> LuaValue.valueOf(UUID.randomUUID().toString()))));

  private Names() {}

  static Map<String, LuaValue> of(ScriptSettings settings, Host host, ScriptLog log) {
    Map<String, LuaValue> names = new HashMap<>(SAME_FOR_ALL);
    names.put("time", TimeLibrary.time(host.clock()));
    names.put("os", TimeLibrary.os(host.clock()));
    names.put("shared", host.shared().function());
    names.put("log", log.library());
    names.put("print", log.print());
    names.put("env", declared("env", "environment variable", settings.env()));
    names.put("secret", declared("secret", "secret", revealed(settings.secrets())));
    return names;
  }

  private static Map<String, String> revealed(Map<String, Secret> secrets) {
    Map<String, String> values = new HashMap<>();
    secrets.forEach((name, secret) -> values.put(name, secret.reveal()));
    return values;
  }

  private static LuaValue declared(String function, String what, Map<String, String> values) {
    return new Builtin(function, args -> {
      String name = Text.word(args.arg1());
      String value = values.get(name);
      if (value == null) {
        throw new LuaError("the configuration declares no " + what + " \"" + name
            + "\" for this script" + Suggestion.of(name, values.keySet().stream()));
      }
      return value.isEmpty() ? LuaValue.NIL : Text.ofUtf8(value);
    });
  }

  /** A value of the configuration as a value of Lua. */
  static LuaValue lua(@Nullable Object value) {
    if (value == null) {
      return LuaValue.NIL;
    }
    if (value instanceof Boolean truth) {
      return LuaValue.valueOf(truth);
    }
    if (value instanceof Number number) {
      return LuaValue.valueOf(number.doubleValue());
    }
    LuaTable table = new LuaTable();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, each) -> table.set(Text.ofUtf8(String.valueOf(key)), lua(each)));
      return table;
    }
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        table.set(i + 1, lua(list.get(i)));
      }
      return table;
    }
    return Text.ofUtf8(value.toString());
  }
}
