package dev.weir.script.lib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.fuzz.Fuzz;
import dev.weir.script.engine.Library;
import dev.weir.script.engine.Limits;
import dev.weir.script.engine.ScriptException;
import dev.weir.script.engine.Stopped;
import dev.weir.script.engine.Text;
import dev.weir.script.engine.Vm;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** What a script may be handed of somebody else's making, changed at random. */
class ScriptsFuzzTest {
  private static final long MOST_BYTES = 160 << 20;

  private final Vm vm = new Vm(Limits.DEFAULT, Map.of());

  private static List<byte[]> corpus(String... texts) {
    return Arrays.stream(texts)
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  /** Calls a function of a library; whatever it throws but an error of Lua's is a bug. */
  private Varargs call(LuaValue function, LuaValue... args) throws ScriptException {
    try {
      return vm.call(function, LuaValue.varargsOf(args));
    } catch (ScriptException e) {
      if (e.getCause() instanceof LuaError || e.getCause() instanceof Stopped) {
        throw e;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Varargs call(Library library, String name, LuaValue... args) throws ScriptException {
    return call(library.get(LuaValue.valueOf(name)), args);
  }

  /** A pattern, and on the lines after it what it is matched with. */
  @Test
  void patterns() throws Exception {
    List<byte[]> real = corpus(
        "^(%w+)%s*=%s*(.-)$\nname = some value",
        "%b()%f[%w]()\na (b (c) d) e",
        "([%a_][^%s,]-)%1?\naa,bb,cc",
        "[%[%]%-^a-z%%]+[^%d]*\n[a-z]%99x",
        "(a*(b?)+)%2%1\naabbab",
        "%d%d%d%d%-%d%d%-%d%d[T ]\n2026-01-02T03:04:05");
    Fuzz.of("LuaPattern", real, ScriptException.class).allocating(MOST_BYTES).run(bytes -> {
      int line = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('\n');
      int end = line < 0 ? bytes.length : line;
      LuaString pattern = LuaString.valueOf(bytes, 0, end);
      LuaString subject = LuaString.valueOf(
          bytes, Math.min(end + 1, bytes.length), bytes.length - Math.min(end + 1, bytes.length));
      Varargs found = call(StringLibrary.LIBRARY, "find", subject, pattern);
      if (!found.arg1().isnil()) {
        assertThat(found.toint(1)).isBetween(1, subject.m_length + 1);
        assertThat(found.toint(2)).isBetween(found.toint(1) - 1, subject.m_length);
      }
      Varargs same = call(StringLibrary.LIBRARY, "gsub", subject, pattern, LuaValue.valueOf("%0"));
      assertThat(Text.bytes(same.checkstring(1))).isEqualTo(Text.bytes(subject));
      LuaValue matches = call(StringLibrary.LIBRARY, "gmatch", subject, pattern).arg1();
      for (int i = 0; !call(matches).arg1().isnil(); i++) {
        assertThat(i).as("matches").isLessThanOrEqualTo(subject.m_length + 1);
      }
    });
  }

  @Test
  void json() throws Exception {
    List<byte[]> real = corpus(
        "{\"a\": [1, -2.50, 1e400, 12345678901234567890, true, null, {}, []], \"\": \"\\u00e9\\n\"}",
        "[[[[{\"deep\": [[]]}]]]]",
        " \"text\\ud83d\\ude00\" ",
        "0.1");
    Fuzz.of("JsonLibrary", real, ScriptException.class).allocating(MOST_BYTES).run(bytes -> {
      LuaString once = again(LuaString.valueOf(bytes));
      assertThat(Text.bytes(again(once))).isEqualTo(Text.bytes(once));
    });
  }

  /** Read, and written. */
  private LuaString again(LuaString text) throws ScriptException {
    LuaValue value = call(JsonLibrary.LIBRARY, "decode", text).arg1();
    return call(JsonLibrary.LIBRARY, "encode", value).checkstring(1);
  }
}
