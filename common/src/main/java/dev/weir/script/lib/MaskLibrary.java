package dev.weir.script.lib;

import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Library;
import dev.weir.script.engine.Text;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** {@code mask}: makes a value unreadable and keeps what is useful of it. Nil stays nil. */
public final class MaskLibrary {
  public static final Library LIBRARY = Library.named("mask")
      .function("email", MaskLibrary::email)
      .function("keep_last", MaskLibrary::keepLast)
      .function("hash", MaskLibrary::hash)
      .seal();

  private static final int HASH_DIGITS = 16;

  private MaskLibrary() {}

  /** {@code jane.doe@example.org} becomes {@code j***@example.org}; what is no address, stars. */
  private static LuaValue email(Varargs args) {
    if (args.isnil(1)) {
      return LuaValue.NIL;
    }
    String text = Text.utf8(charged(args));
    int at = text.lastIndexOf('@');
    return at < 1
        ? LuaValue.valueOf("***")
        : Text.ofUtf8(
            text.substring(0, text.offsetByCodePoints(0, 1)) + "***" + text.substring(at));
  }

  /** Stars for all characters but the last {@code n}; for all of them where there are no more. */
  private static LuaValue keepLast(Varargs args) {
    int kept = args.checkint(2);
    if (kept < 0) {
      throw new LuaError("bad argument #2: " + kept + " is below zero");
    }
    if (args.isnil(1)) {
      return LuaValue.NIL;
    }
    String text = Text.utf8(charged(args));
    int length = text.codePointCount(0, text.length());
    int hidden = kept >= length ? length : length - kept;
    return Text.ofUtf8("*".repeat(hidden) + text.substring(text.offsetByCodePoints(0, hidden)));
  }

  /** The same value gives the same 16 digits; a secret salt keeps others from guessing. */
  private static LuaValue hash(Varargs args) {
    if (args.isnil(1)) {
      return LuaValue.NIL;
    }
    LuaString salt = args.optstring(2, LuaValue.EMPTYSTRING);
    byte[] value = Text.bytes(charged(args));
    byte[] salted = new byte[salt.m_length + value.length];
    System.arraycopy(salt.m_bytes, salt.m_offset, salted, 0, salt.m_length);
    System.arraycopy(value, 0, salted, salt.m_length, value.length);
    return HashLibrary.hex(HashLibrary.digest("SHA-256", salted)).substring(0, HASH_DIGITS);
  }

  private static LuaString charged(Varargs args) {
    LuaString text = args.checkstring(1);
    Budget.current().charge(10 + (text.m_length >> 3));
    Budget.current().allocate(text.m_length * 2L);
    return text;
  }
}
