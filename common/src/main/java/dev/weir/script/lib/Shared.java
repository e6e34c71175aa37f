package dev.weir.script.lib;

import dev.weir.loop.Ticker;
import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Library;
import dev.weir.script.engine.Text;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * {@code shared("name")}: small maps that all workers of a process see, each operation atomic, each
 * map bounded. When one is full, what was written longest ago goes. Thread-safe.
 */
public final class Shared {
  private static final int MOST_MAPS = 64;
  private static final int MOST_ENTRIES = 10_000;
  private static final int MOST_BYTES = 4 << 20;
  private static final int BYTES_PER_ENTRY = 128;
  private static final int LONGEST_KEY = 256;
  private static final int LONGEST_VALUE = 4096;

  private final Ticker ticker;
  private final Map<String, Library> maps = new HashMap<>();

  public Shared(Ticker ticker) {
    this.ticker = ticker;
  }

  public LuaValue function() {
    return new Builtin("shared", args -> map(Text.word(args.arg1())));
  }

  private LuaValue map(String name) {
    synchronized (maps) {
      Library map = maps.get(name);
      if (map == null) {
        if (maps.size() == MOST_MAPS || name.length() > LONGEST_KEY) {
          throw new LuaError("more than " + MOST_MAPS + " shared maps, or a name too long");
        }
        map = new Entries().library(name);
        maps.put(name, map);
      }
      return map;
    }
  }

  /** Values that cannot change: numbers, strings, booleans. */
  private record Entry(LuaValue value, long until, boolean expires) {}

  private final class Entries {
    private final Map<LuaString, Entry> entries = new LinkedHashMap<>();
    private long bytes;

    Library library(String name) {
      return Library.named("shared(\"" + name + "\")")
          .function("get", args -> get(key(args)))
          .function("set", args -> set(key(args), args.arg(3), ttl(args, 4)))
          .function("add", args -> LuaValue.valueOf(add(key(args), args.arg(3), ttl(args, 4))))
          .function("delete", args -> set(key(args), LuaValue.NIL, null))
          .function("incr", args -> incr(key(args), args.optdouble(3, 1), ttl(args, 4)))
          .seal();
    }

    private static LuaString key(Varargs args) {
      if (!(args.arg1() instanceof Library)) {
        throw new LuaError("call it with a colon, as in shared(\"name\"):get(key)");
      }
      LuaString key = args.checkstring(2);
      if (key.m_length > LONGEST_KEY) {
        throw new LuaError("bad argument #1: a key of at most " + LONGEST_KEY + " bytes");
      }
      return LuaString.valueOf(Arrays.copyOf(Text.bytes(key), key.m_length));
    }

    private static @Nullable Duration ttl(Varargs args, int index) {
      return args.isnil(index) ? null : TimeLibrary.duration(args.arg(index));
    }

    private @Nullable Entry live(LuaString key) {
      Entry entry = entries.get(key);
      if (entry != null && entry.expires() && ticker.nanos() - entry.until() >= 0) {
        forget(key);
        return null;
      }
      return entry;
    }

    private synchronized LuaValue get(LuaString key) {
      Entry entry = live(key);
      return entry == null ? LuaValue.NIL : entry.value();
    }

    private synchronized LuaValue set(LuaString key, LuaValue value, @Nullable Duration ttl) {
      LuaValue kept = value.isnil() ? value : constant(value);
      forget(key);
      if (!kept.isnil()) {
        bytes += weight(key, kept);
        makeRoom();
        entries.put(
            key,
            ttl == null
                ? new Entry(kept, 0, false)
                : new Entry(kept, ticker.nanos() + ttl.toNanos(), true));
      }
      return LuaValue.NIL;
    }

    private synchronized boolean add(LuaString key, LuaValue value, @Nullable Duration ttl) {
      if (live(key) != null) {
        return false;
      }
      set(key, value, ttl);
      return true;
    }

    /** Starts at 0; a count that stands keeps its time to live. */
    private synchronized LuaValue incr(LuaString key, double by, @Nullable Duration ttl) {
      Entry entry = live(key);
      if (entry == null) {
        set(key, LuaValue.valueOf(by), ttl);
        return LuaValue.valueOf(by);
      }
      if (entry.value().type() != LuaValue.TNUMBER) {
        throw new LuaError("the value to add to is a " + entry.value().typename());
      }
      LuaValue sum = LuaValue.valueOf(entry.value().todouble() + by);
      entries.remove(key); // else it would stand where it was first written
      entries.put(key, new Entry(sum, entry.until(), entry.expires()));
      return sum;
    }

    private void forget(LuaString key) {
      Entry gone = entries.remove(key);
      if (gone != null) {
        bytes -= weight(key, gone.value());
      }
    }

    private static long weight(LuaString key, LuaValue value) {
      return BYTES_PER_ENTRY
          + (long) key.m_length
          + (value instanceof LuaString text ? text.m_length : 0);
    }

    /** What was written longest ago goes. */
    private void makeRoom() {
      while (!entries.isEmpty() && (entries.size() >= MOST_ENTRIES || bytes > MOST_BYTES)) {
        forget(entries.keySet().iterator().next());
      }
    }

    private LuaValue constant(LuaValue value) {
      if (value instanceof LuaString text && text.m_length <= LONGEST_VALUE) {
        return LuaString.valueOf(Arrays.copyOf(Text.bytes(text), text.m_length));
      }
      if (value.type() == LuaValue.TNUMBER || value.isboolean()) {
        return value;
      }
      throw new LuaError("a shared value is a number, a boolean or a string of at most "
          + LONGEST_VALUE + " bytes, not " + value.typename());
    }
  }
}
