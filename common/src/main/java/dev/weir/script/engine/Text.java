package dev.weir.script.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.luaj.vm2.LuaString;

/**
 * Lua strings are bytes. Text of the wire (headers, paths) keeps one octet per code point; text of
 * people (messages, JSON, meta) is UTF-8.
 */
public final class Text {
  private Text() {}

  public static String wire(LuaString text) {
    return new String(text.m_bytes, text.m_offset, text.m_length, ISO_8859_1);
  }

  public static LuaString ofWire(String text) {
    return ofBytes(text.getBytes(ISO_8859_1));
  }

  public static String utf8(LuaString text) {
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
