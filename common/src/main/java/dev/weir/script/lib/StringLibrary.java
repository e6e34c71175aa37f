package dev.weir.script.lib;

import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Builtin;
import dev.weir.script.engine.Library;
import dev.weir.script.engine.Numbers;
import dev.weir.script.engine.Text;
import dev.weir.script.engine.Vm;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * Lua's {@code string}, over bytes. One for all virtual machines, because LuaJ knows one metatable
 * of strings per process; therefore read-only.
 */
public final class StringLibrary {
  public static final Library LIBRARY = Library.standard("string")
      .function("byte", StringLibrary::bytes)
      .function("char", StringLibrary::character)
      .function("find", args -> search(args, true))
      .function("format", LuaFormat::format)
      .function("gmatch", StringLibrary::gmatch)
      .function("gsub", StringLibrary::gsub)
      .function("len", args -> LuaValue.valueOf(args.checkstring(1).m_length))
      .function("lower", args -> mapped(args.checkstring(1), 'A', 'Z', 0x20))
      .function("match", args -> search(args, false))
      .function("rep", StringLibrary::rep)
      .function("reverse", StringLibrary::reverse)
      .function("sub", StringLibrary::sub)
      .function("upper", args -> mapped(args.checkstring(1), 'a', 'z', -0x20))
      .seal();

  private static final int CHARGED_EACH = 64;
  private static final int MOST_BYTES_RETURNED = 8000;

  static {
    Vm.shareStringMethods(LIBRARY);
  }

  private StringLibrary() {}

  /** As {@code tostring} writes it, for strings and numbers; calls __tostring for others. */
  public static LuaString text(LuaValue value) {
    if (value instanceof LuaString text) {
      return text;
    }
    if (value.type() == LuaValue.TNUMBER) {
      return Numbers.tostring(value).checkstring();
    }
    LuaValue own = value.metatag(LuaValue.valueOf("__tostring"));
    if (!own.isnil()) {
      return own.call(value).checkstring();
    }
    LuaValue text = value.tostring();
    return text instanceof LuaString plain ? plain : Text.ofUtf8(value.tojstring());
  }

  private static LuaString made(long length, byte[] bytes) {
    Budget.current().charge(length >> 6);
    return Text.ofBytes(bytes);
  }

  private static Varargs bytes(Varargs args) {
    LuaString text = args.checkstring(1);
    int from = position(args.optint(2, 1), text.m_length);
    int through = Math.min(position(args.optint(3, from), text.m_length), text.m_length);
    from = Math.max(1, from);
    int count = Math.max(0, through - from + 1);
    if (count > MOST_BYTES_RETURNED) {
      throw new LuaError(
          "string slice too long: " + count + " bytes, at most " + MOST_BYTES_RETURNED);
    }
    Budget.current().charge(count >> 2);
    LuaValue[] values = new LuaValue[count];
    for (int i = 0; i < count; i++) {
      values[i] = LuaValue.valueOf(text.luaByte(from - 1 + i));
    }
    return LuaValue.varargsOf(values);
  }

  private static Varargs character(Varargs args) {
    byte[] bytes = new byte[args.narg()];
    for (int i = 0; i < bytes.length; i++) {
      int value = args.checkint(i + 1);
      if (value < 0 || value > 255) {
        throw new LuaError("bad argument #" + (i + 1) + ": value out of range");
      }
      bytes[i] = (byte) value;
    }
    return made(bytes.length, bytes);
  }

  private static LuaString mapped(LuaString text, char from, char through, int shift) {
    Budget.current().allocate(text.m_length);
    byte[] bytes = new byte[text.m_length];
    for (int i = 0; i < bytes.length; i++) {
      byte b = text.m_bytes[text.m_offset + i];
      bytes[i] = b >= from && b <= through ? (byte) (b + shift) : b;
    }
    return made(bytes.length * 4L, bytes);
  }

  private static Varargs rep(Varargs args) {
    LuaString text = args.checkstring(1);
    long times = Math.max(0, args.checklong(2));
    LuaString between = args.optstring(3, LuaValue.EMPTYSTRING);
    long each = (long) text.m_length + between.m_length;
    if (times == 0 || each == 0) {
      return LuaValue.EMPTYSTRING;
    }
    double length = (double) each * times - between.m_length;
    Budget.current().allocate((long) length);
    byte[] bytes = new byte[(int) length];
    int at = 0;
    for (long i = 0; i < times; i++) {
      if ((i & 0xfff) == 0xfff) {
        Budget.current().charge(CHARGED_EACH);
      }
      System.arraycopy(text.m_bytes, text.m_offset, bytes, at, text.m_length);
      at += text.m_length;
      if (i + 1 < times) {
        System.arraycopy(between.m_bytes, between.m_offset, bytes, at, between.m_length);
        at += between.m_length;
      }
    }
    return made(bytes.length, bytes);
  }

  private static Varargs reverse(Varargs args) {
    LuaString text = args.checkstring(1);
    Budget.current().allocate(text.m_length);
    byte[] bytes = new byte[text.m_length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = text.m_bytes[text.m_offset + bytes.length - 1 - i];
    }
    return made(bytes.length * 4L, bytes);
  }

  private static Varargs sub(Varargs args) {
    LuaString text = args.checkstring(1);
    int from = Math.max(1, position(clamped(args.checkdouble(2)), text.m_length));
    int through = Math.min(position(clamped(args.optdouble(3, -1)), text.m_length), text.m_length);
    if (from > through) {
      return LuaValue.EMPTYSTRING;
    }
    Budget.current().allocate(through - from + 1L);
    return made(
        through - from + 1L,
        Arrays.copyOfRange(text.m_bytes, text.m_offset + from - 1, text.m_offset + through));
  }

  private static int clamped(double position) {
    return (int) position; // saturates
  }

  private static int position(int given, int length) {
    return given >= 0 ? given : given < -length ? 0 : length + given + 1;
  }

  private static Varargs search(Varargs args, boolean find) {
    LuaString text = args.checkstring(1);
    LuaString pattern = args.checkstring(2);
    int from = Math.max(1, position(clamped(args.optdouble(3, 1)), text.m_length));
    if (from > text.m_length + 1) {
      return LuaValue.NIL;
    }
    byte[] subject = Text.bytes(text);
    byte[] sought = Text.bytes(pattern);
    if (find && (args.arg(4).toboolean() || isPlain(sought))) {
      int at = indexOf(subject, sought, from - 1);
      return at < 0
          ? LuaValue.NIL
          : LuaValue.varargsOf(LuaValue.valueOf(at + 1), LuaValue.valueOf(at + sought.length));
    }
    LuaPattern matcher = new LuaPattern(subject, sought);
    int skip = sought.length > 0 && sought[0] == '^' ? 1 : 0;
    for (int at = from - 1; at <= subject.length; at++) {
      int end = matcher.matchAt(at, skip);
      if (end >= 0) {
        return find
            ? LuaValue.varargsOf(
                LuaValue.valueOf(at + 1), LuaValue.valueOf(end), matcher.captures(at, end, false))
            : matcher.captures(at, end, true);
      }
      if (skip == 1) {
        break;
      }
    }
    return LuaValue.NIL;
  }

  private static boolean isPlain(byte[] pattern) {
    for (byte b : pattern) {
      if ("^$*+?.([%-".indexOf(b) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static int indexOf(byte[] subject, byte[] sought, int from) {
    Budget budget = Budget.current();
    int last = subject.length - sought.length;
    int compared = 0;
    for (int at = from; at <= last; at++) {
      int i = 0;
      while (i < sought.length && subject[at + i] == sought[i]) {
        i++;
      }
      if (i == sought.length) {
        return at;
      }
      compared += i + 1;
      if (compared >= 8 * CHARGED_EACH) {
        compared = 0;
        budget.charge(CHARGED_EACH);
      }
    }
    return -1;
  }

  private static Varargs gmatch(Varargs args) {
    LuaString text = args.checkstring(1);
    byte[] subject = Text.bytes(text);
    byte[] pattern = Text.bytes(args.checkstring(2));
    int[] at = {0};
    Builtin.Body step = ignored -> {
      LuaPattern matcher = new LuaPattern(subject, pattern);
      for (; at[0] <= subject.length; at[0]++) {
        int end = matcher.matchAt(at[0], 0);
        if (end >= 0) {
          int from = at[0];
          at[0] = end == from ? end + 1 : end;
          return matcher.captures(from, end, true);
        }
      }
      return LuaValue.NIL;
    };
    return new Builtin("gmatch", step, text);
  }

  private static Varargs gsub(Varargs args) {
    byte[] subject = Text.bytes(args.checkstring(1));
    byte[] pattern = Text.bytes(args.checkstring(2));
    LuaValue with = args.arg(3);
    if (!(with.isstring() || with.istable() || with.isfunction())) {
      throw new LuaError(
          "bad argument #3: string, function or table expected, got " + with.typename());
    }
    long most = args.optlong(4, Long.MAX_VALUE);
    int skip = pattern.length > 0 && pattern[0] == '^' ? 1 : 0;
    Budget budget = Budget.current();
    LuaPattern matcher = new LuaPattern(subject, pattern);
    ByteArrayOutputStream out = new ByteArrayOutputStream(subject.length);
    long count = 0;
    int at = 0;
    while (count < most) {
      int end = matcher.matchAt(at, skip);
      if (end >= 0) {
        count++;
        LuaString piece = replacement(matcher, with, at, end);
        budget.allocate((long) out.size() + piece.m_length);
        out.write(piece.m_bytes, piece.m_offset, piece.m_length);
      }
      if (end > at) {
        at = end;
      } else if (at < subject.length) {
        out.write(subject[at++]);
      } else {
        break;
      }
      if (skip == 1) {
        break;
      }
    }
    if (at < subject.length) {
      out.write(subject, at, subject.length - at);
    }
    return LuaValue.varargsOf(
        made(out.size(), out.toByteArray()), LuaValue.valueOf((double) count));
  }

  private static LuaString replacement(LuaPattern matcher, LuaValue with, int from, int end) {
    LuaValue value;
    if (with.isfunction()) {
      value = with.invoke(matcher.captures(from, end, true)).arg1();
    } else if (with.istable()) {
      value = with.get(matcher.capture(0, from, end));
    } else {
      return expanded(with.checkstring(), matcher, from, end);
    }
    if (!value.toboolean()) {
      return whole(matcher, from, end);
    }
    if (!value.isstring()) {
      throw new LuaError("invalid replacement value (a " + value.typename() + ")");
    }
    return text(value);
  }

  private static LuaString whole(LuaPattern matcher, int from, int end) {
    return matcher.piece(from, end);
  }

  private static LuaString expanded(LuaString with, LuaPattern matcher, int from, int end) {
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
      } else if (kind >= '0' && kind <= '9') {
        LuaString piece =
            kind == '0' ? whole(matcher, from, end) : text(matcher.capture(kind - '1', from, end));
        Budget.current().allocate((long) out.size() + piece.m_length);
        out.write(piece.m_bytes, piece.m_offset, piece.m_length);
      } else {
        throw new LuaError("invalid use of '%' in replacement string");
      }
    }
    return Text.ofBytes(out.toByteArray());
  }
}
