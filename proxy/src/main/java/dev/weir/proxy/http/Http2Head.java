package dev.weir.proxy.http;

import dev.weir.capture.HttpToken;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes the heads of HTTP/2 as heads of HTTP/1, and the other way round (RFC 9113, section 8). */
final class Http2Head {
  private Http2Head() {}

  /**
   * A request's head as HTTP/1.1 has it. Checked for no more than that nothing in it breaks out of
   * its line: the parser of HTTP/1 will check the rest.
   */
  static byte[] toHttp1(HeaderMap from, boolean chunked) throws BadMessage {
    StringBuilder to = new StringBuilder(512);
    String authority = one(from, Http2Channel.AUTHORITY);
    String path = one(from, Http2Channel.PATH);
    part(to, one(from, Http2Channel.METHOD));
    to.append(' ');
    // CONNECT alone has none (RFC 9113, section 8.5)
    part(to, path == null && to.indexOf("CONNECT ") == 0 ? authority : path);
    to.append(" HTTP/1.1\r\n");
    if (authority != null) {
      field(to, "host", authority);
    }
    for (HeaderValues values : from) {
      String name = values.getHeaderName().toString();
      if (name.startsWith(":") || (authority != null && name.equals("host"))) {
        continue;
      }
      if (name.equals("connection") || name.equals("transfer-encoding")) {
        throw new BadMessage("a field that HTTP/2 does not have");
      }
      if (name.equals("cookie")) {
        field(to, name, String.join("; ", values));
      } else {
        for (String value : values) {
          field(to, name, value);
        }
      }
    }
    if (chunked) {
      field(to, "transfer-encoding", "chunked");
    }
    return bytes(to.append("\r\n"));
  }

  static long length(String value) throws BadMessage {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new BadMessage("a content-length that is no number");
    }
  }

  /** The end of a chunked body. */
  static byte[] lastChunk(@Nullable HeaderMap trailers) throws IOException {
    StringBuilder to = new StringBuilder("0\r\n");
    if (trailers != null) {
      try {
        for (HeaderValues values : trailers) {
          for (String value : values) {
            field(to, values.getHeaderName().toString(), value);
          }
        }
      } catch (BadMessage e) {
        throw new IOException(e.reason());
      }
    }
    return bytes(to.append("\r\n"));
  }

  private static byte[] bytes(StringBuilder text) {
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static @Nullable String one(HeaderMap from, HttpString name) throws BadMessage {
    if (from.count(name) > 1) {
      throw new BadMessage("more than one " + name);
    }
    return from.getFirst(name);
  }

  private static void field(StringBuilder to, String name, String value) throws BadMessage {
    if (!HttpToken.is(name)) {
      throw new BadMessage("a field whose name is no token");
    }
    to.append(name).append(": ");
    part(to, value);
    to.append("\r\n");
  }

  private static void part(StringBuilder to, @Nullable String part) throws BadMessage {
    if (part == null) {
      throw new BadMessage("no method or no path");
    }
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (c == '\r' || c == '\n' || c == 0 || c > 0xff) {
        throw new BadMessage("a line break inside a field");
      }
    }
    to.append(part);
  }

  /** Adds the fields of an answer that HTTP/2 has, names in lower case. */
  static void toHttp2(Head from, HeaderMap to) {
    to.add(Http2Channel.STATUS, Integer.toString(from.status()));
    for (int i = 0; i < from.count(); i++) {
      switch (from.kind(i)) {
        case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE -> {}
        default -> to.add(new HttpString(from.name(i).toLowerCase(Locale.ROOT)), from.value(i));
      }
    }
  }
}
