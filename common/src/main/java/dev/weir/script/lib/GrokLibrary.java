package dev.weir.script.lib;

import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Text;
import io.krakens.grok.api.Grok;
import io.krakens.grok.api.GrokCompiler;
import io.krakens.grok.api.Match;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * {@code grok(pattern, line)}: named pieces of a line by Logstash's patterns, such as
 * {@code %{COMBINEDAPACHELOG}}. Those patterns backtrack, so that each character looked at is
 * charged.
 */
public final class GrokLibrary {
  public static final LuaValue FUNCTION = new Builtin("grok", GrokLibrary::grok);

  private static final int LONGEST_PATTERN = 2048;
  private static final int CACHED = 64;

  private static final Map<String, Grok> CACHE = new LinkedHashMap<>(CACHED, 0.75f, true) {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Grok> eldest) {
      return size() > CACHED;
    }
  };

  private static @Nullable GrokCompiler compiler;

  private GrokLibrary() {}

  /** The line as the matcher reads it: each character read is charged. */
  private record Counted(String text) implements CharSequence {
    @Override
    public char charAt(int index) {
      Budget.current().charge(1);
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int from, int end) {
      return text.substring(from, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static Varargs grok(Varargs args) {
    Grok grok = compiled(Text.utf8(args.checkstring(1)));
    if (args.isnil(2)) {
      return LuaValue.NIL;
    }
    Match match = grok.match(new Counted(Text.utf8(args.checkstring(2))));
    if (match.isNull()) {
      return LuaValue.NIL;
    }
    LuaTable pieces = new LuaTable();
    match.capture().forEach((name, value) -> {
      if (value instanceof Number number) {
        pieces.set(name, number.doubleValue());
      } else if (value != null) {
        pieces.set(name, Text.ofUtf8(value.toString()));
      }
    });
    return pieces;
  }

  /** Compiling is slow and not thread-safe: one at a time, and kept. */
  private static Grok compiled(String pattern) {
    synchronized (CACHE) {
      Grok cached = CACHE.get(pattern);
      if (cached != null) {
        return cached;
      }
      if (pattern.length() > LONGEST_PATTERN) {
        throw new LuaError(
            "pattern too long: " + pattern.length() + " characters, at most " + LONGEST_PATTERN);
      }
      Budget.current().charge(20_000);
      try {
        Grok compiled = standard().compile(pattern, true);
        CACHE.put(pattern, compiled);
        return compiled;
      } catch (PatternSyntaxException e) {
        throw new LuaError("malformed pattern: " + e.getDescription());
      } catch (IllegalArgumentException e) {
        throw new LuaError("malformed pattern: " + e.getMessage());
      }
    }
  }

  private static GrokCompiler standard() {
    if (compiler == null) {
      compiler = GrokCompiler.newInstance();
      compiler.registerDefaultPatterns();
    }
    return compiler;
  }
}
