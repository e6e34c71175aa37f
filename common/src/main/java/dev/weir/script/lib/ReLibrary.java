package dev.weir.script.lib;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Library;
import dev.weir.script.engine.Text;
import java.io.ByteArrayOutputStream;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * {@code re}: RE2 expressions with the functions that {@code string} has for Lua's patterns. Time
 * is linear in the length of the text.
 */
public final class ReLibrary {
  public static final Library LIBRARY = Library.named("re")
      .function(
          "test",
          args -> LuaValue.valueOf(
              Regex.Subject.of(args.checkstring(1)).matcher(pattern(args)).find()))
      .function("find", args -> search(args, true))
      .function("match", args -> search(args, false))
      .function("gmatch", ReLibrary::gmatch)
      .function("gsub", ReLibrary::gsub)
      .function("escape", args -> Text.ofUtf8(Pattern.quote(Text.word(args.arg1()))))
      .seal();

  private ReLibrary() {}

  private static Pattern pattern(Varargs args) {
    return Regex.compile(args.checkstring(2));
  }

  private static Varargs search(Varargs args, boolean find) {
    Regex.Subject subject = Regex.Subject.of(args.checkstring(1));
    Matcher matcher = subject.matcher(pattern(args));
    int from = subject.characterAt(Math.max(0, args.optint(3, 1) - 1));
    if (!matcher.find(from)) {
      return LuaValue.NIL;
    }
    if (!find) {
      return captures(subject, matcher, true);
    }
    return LuaValue.varargsOf(
        LuaValue.valueOf(subject.bytesBefore(matcher.start()) + 1),
        LuaValue.valueOf(subject.bytesBefore(matcher.end())),
        captures(subject, matcher, false));
  }

  private static Varargs captures(Regex.Subject subject, Matcher matcher, boolean wholeIfNone) {
    int groups = matcher.groupCount();
    if (groups == 0) {
      return wholeIfNone ? group(subject, matcher, 0) : LuaValue.NONE;
    }
    LuaValue[] values = new LuaValue[groups];
    for (int i = 1; i <= groups; i++) {
      values[i - 1] = group(subject, matcher, i);
    }
    return LuaValue.varargsOf(values);
  }

  private static LuaValue group(Regex.Subject subject, Matcher matcher, int group) {
    int start = matcher.start(group);
    return start < 0 ? LuaValue.NIL : subject.piece(start, matcher.end(group));
  }

  private static Varargs gmatch(Varargs args) {
    LuaString text = args.checkstring(1);
    Regex.Subject subject = Regex.Subject.of(text);
    Matcher matcher = subject.matcher(pattern(args));
    Builtin.Body step = ignored -> matcher.find() ? captures(subject, matcher, true) : LuaValue.NIL;
    return new Builtin("gmatch", step, text);
  }

  private static Varargs gsub(Varargs args) {
    LuaString text = args.checkstring(1);
    Regex.Subject subject = Regex.Subject.of(text);
    Matcher matcher = subject.matcher(pattern(args));
    LuaValue with = args.arg(3);
    if (!(with.isstring() || with.istable() || with.isfunction())) {
      throw new LuaError(
          "bad argument #3: string, function or table expected, got " + with.typename());
    }
    long most = args.optlong(4, Long.MAX_VALUE);
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.m_length);
    long count = 0;
    int at = 0;
    while (count < most && matcher.find()) {
      count++;
      put(out, subject.piece(at, matcher.start()));
      put(out, replacement(subject, matcher, with));
      at = matcher.end();
    }
    if (count == 0) {
      return LuaValue.varargsOf(text, LuaValue.ZERO);
    }
    put(out, subject.piece(at, subject.length()));
    return LuaValue.varargsOf(Text.ofBytes(out.toByteArray()), LuaValue.valueOf((double) count));
  }

  private static void put(ByteArrayOutputStream out, LuaString piece) {
    Budget.current().charge(1 + (piece.m_length >> 6));
    if (out.size() + (long) piece.m_length > Budget.current().limits().string().bytes()) {
      Budget.current().allocate(out.size() + (long) piece.m_length);
    }
    out.write(piece.m_bytes, piece.m_offset, piece.m_length);
  }

  private static LuaString replacement(Regex.Subject subject, Matcher matcher, LuaValue with) {
    LuaValue value;
    if (with.isfunction()) {
      value = with.invoke(captures(subject, matcher, true)).arg1();
    } else if (with.istable()) {
      value = with.get(captures(subject, matcher, true).arg1());
    } else {
      return expanded(with.checkstring(), subject, matcher);
    }
    if (!value.toboolean()) {
      return subject.piece(matcher.start(), matcher.end());
    }
    if (!value.isstring()) {
      throw new LuaError("invalid replacement value (a " + value.typename() + ")");
    }
    return StringLibrary.text(value);
  }

  /** {@code %0} is the match, {@code %1} … {@code %9} its groups, as in {@code string.gsub}. */
  private static LuaString expanded(LuaString with, Regex.Subject subject, Matcher matcher) {
    if (with.indexOf((byte) '%', 0) < 0) {
      return with;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < with.m_length; i++) {
      int c = with.luaByte(i);
      if (c != '%') {
        out.write(c);
        continue;
      }
      int kind = ++i < with.m_length ? with.luaByte(i) : -1;
      if (kind == '%') {
        out.write('%');
      } else if (kind >= '0' && kind <= '9' && kind - '0' <= matcher.groupCount()) {
        LuaValue piece = group(subject, matcher, kind - '0');
        if (piece instanceof LuaString text) {
          put(out, text);
        }
      } else {
        throw new LuaError("invalid use of % in replacement string");
      }
    }
    return Text.ofBytes(out.toByteArray());
  }
}
