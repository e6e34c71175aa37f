package dev.weir.script.lib;

import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Library;
import dev.weir.script.engine.Text;
import java.util.Base64;
import java.util.HexFormat;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** {@code base64}, {@code hex} and {@code url}. */
public final class CodecLibrary {
  public static final Library BASE64 = Library.named("base64")
      .function("encode", args -> Text.ofBytes(Base64.getEncoder().encode(bytes(args))))
      .function("decode", args -> decode(Base64.getMimeDecoder(), bytes(args)))
      .function(
          "encode_url",
          args -> Text.ofBytes(Base64.getUrlEncoder().withoutPadding().encode(bytes(args))))
      .function("decode_url", args -> decode(Base64.getUrlDecoder(), bytes(args)))
      .seal();

  public static final Library HEX = Library.named("hex")
      .function("encode", args -> HashLibrary.hex(bytes(args)))
      .function("decode", args -> {
        try {
          return Text.ofBytes(HexFormat.of().parseHex(Text.wire(checked(args))));
        } catch (IllegalArgumentException e) {
          throw new LuaError("bad argument #1: not hexadecimal");
        }
      })
      .seal();

  public static final Library URL = Library.named("url")
      .function("encode", args -> Text.ofWire(Percent.encode(bytes(args))))
      .function(
          "decode", args -> Text.ofBytes(Percent.decode(bytes(args), args.arg(2).toboolean())))
      .function("parse", CodecLibrary::parse)
      .seal();

  private CodecLibrary() {}

  private static LuaString checked(Varargs args) {
    LuaString text = args.checkstring(1);
    Budget budget = Budget.current();
    budget.charge(5 + (text.m_length >> 3));
    budget.allocate(text.m_length * 2L);
    return text;
  }

  private static byte[] bytes(Varargs args) {
    return Text.bytes(checked(args));
  }

  private static LuaValue decode(Base64.Decoder decoder, byte[] text) {
    try {
      return Text.ofBytes(decoder.decode(text));
    } catch (IllegalArgumentException e) {
      throw new LuaError("bad argument #1: not base64");
    }
  }

  /** {@code {scheme, host, port, path, query}}: what is not there is nil. */
  private static LuaValue parse(Varargs args) {
    String text = Text.wire(checked(args));
    LuaTable parts = new LuaTable();
    int slashes = text.indexOf("://");
    String rest = text;
    if (slashes > 0) {
      parts.set("scheme", Text.ofWire(text.substring(0, slashes)));
      rest = text.substring(slashes + 3);
      int end = 0;
      while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
        end++;
      }
      authority(rest.substring(rest.lastIndexOf('@', end - 1) + 1, end), parts);
      rest = rest.substring(end);
    }
    int fragment = rest.indexOf('#');
    rest = fragment < 0 ? rest : rest.substring(0, fragment);
    int question = rest.indexOf('?');
    parts.set("path", Text.ofWire(question < 0 ? rest : rest.substring(0, question)));
    if (question >= 0) {
      parts.set("query", Text.ofWire(rest.substring(question + 1)));
    }
    return parts;
  }

  private static void authority(String authority, LuaTable parts) {
    int colon = authority.lastIndexOf(':');
    boolean port =
        colon > authority.lastIndexOf(']') && authority.substring(colon + 1).matches("\\d{1,5}");
    parts.set("host", Text.ofWire(port ? authority.substring(0, colon) : authority));
    if (port) {
      parts.set("port", Integer.parseInt(authority.substring(colon + 1)));
    }
  }
}
