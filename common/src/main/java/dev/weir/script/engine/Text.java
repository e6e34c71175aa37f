package dev.weir.script.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/**
 * Lua strings are bytes. Text of the wire (headers, paths) keeps one octet per code point; text of
 * people (messages, JSON, meta) is UTF-8.
 */
public final class Text {
  /** Of a word: no name of a thing is longer. */
  private static final int LONGEST_WORD = 1024;

  /** Of a text that is repeated in a message. */
  private static final int LONGEST_SHOWN = 60;

  private Text() {}

  /**
   * The name of a thing, such as a bucket or a secret.
   *
   * @throws LuaError if it is no string, or longer than any name
   */
  public static String word(LuaValue value) {
    LuaString text = value.checkstring();
    if (text.m_length > LONGEST_WORD) {
      throw new LuaError(
          "too long for a name: " + text.m_length + " bytes, at most " + LONGEST_WORD);
    }
    return utf8(text);
  }

  /** For a message: what a script wrote, or its beginning. */
  public static String shown(LuaValue value) {
    return value instanceof LuaString text ? beginning(text, LONGEST_SHOWN) : value.tojstring();
  }

  /** As UTF-8, with what is behind so many bytes cut off. */
  public static String beginning(LuaString text, int bytes) {
    return text.m_length <= bytes
        ? utf8(text)
        : new String(text.m_bytes, text.m_offset, bytes, UTF_8) + "…";
  }

  public static String wire(LuaString text) {
    Budget.announce(text.m_length);
    return new String(text.m_bytes, text.m_offset, text.m_length, ISO_8859_1);
  }

  public static LuaString ofWire(String text) {
    return ofBytes(text.getBytes(ISO_8859_1));
  }

  public static String utf8(LuaString text) {
    Budget.announce(text.m_length);
    return new String(text.m_bytes, text.m_offset, text.m_length, UTF_8);
  }

  public static LuaString ofUtf8(String text) {
    return ofBytes(text.getBytes(UTF_8));
  }

  /** Takes the array over: whoever calls must not change it afterwards. */
  public static LuaString ofBytes(byte[] bytes) {
    return LuaString.valueUsing(bytes);
  }

  /** A copy, unless the string is the whole of its array; not to be changed either way. */
  public static byte[] bytes(LuaString text) {
    return text.m_offset == 0 && text.m_length == text.m_bytes.length
        ? text.m_bytes
        : Arrays.copyOfRange(text.m_bytes, text.m_offset, text.m_offset + text.m_length);
  }
}
