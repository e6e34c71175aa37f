package dev.weir.script.runtime;

import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Text;
import dev.weir.script.lib.TimeLibrary;
import java.time.Duration;
import java.util.Locale;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaUserdata;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** What {@code drop}, {@code retry} and {@code fail} return, for a hook to return in turn. */
final class Decision extends LuaUserdata {
  enum Kind {
    DROP,
    RETRY,
    FAIL
  }

  static final LuaValue DROP =
      new Builtin("drop", args -> new Decision(Kind.DROP, reason(args, 1), Duration.ZERO));
  static final LuaValue FAIL =
      new Builtin("fail", args -> new Decision(Kind.FAIL, reason(args, 1), Duration.ZERO));
  static final LuaValue RETRY = new Builtin("retry", args -> {
    Duration after = TimeLibrary.duration(args.arg1());
    if (after.isNegative()) {
      throw new LuaError("bad argument #1: a wait is not below zero");
    }
    return new Decision(Kind.RETRY, reason(args, 2), after);
  });

  /** Reasons are counted and shown: short, one line. */
  private static final int LONGEST_REASON = 100;

  private final Kind kind;
  private final String reason;
  private final Duration after;

  private Decision(Kind kind, String reason, Duration after) {
    super(kind);
    this.kind = kind;
    this.reason = reason;
    this.after = after;
  }

  private static String reason(Varargs args, int index) {
    if (args.isnil(index)) {
      return "unspecified";
    }
    String text = Text.beginning(args.checkstring(index), 4 * LONGEST_REASON)
        .replaceAll("\\p{Cntrl}", " ")
        .strip();
    return text.substring(0, Math.min(text.length(), LONGEST_REASON));
  }

  Kind kind() {
    return kind;
  }

  String reason() {
    return reason;
  }

  Duration after() {
    return after;
  }

  @Override
  public String tojstring() {
    return kind.name().toLowerCase(Locale.ROOT) + ": " + reason;
  }
}
