package dev.weir.relay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes CBOR in diagnostic notation (RFC 8949, section 8; RFC 8610, appendix G), as much of it as
 * Weir uses, without any space that means nothing. Byte strings called {@code capture} are opened.
 */
final class Diagnostic {
  private static final int BREAK = 0xff;
  private static final int INDEFINITE = 31;
  private static final int TRUE = 21;

  private final ByteBuffer from;

  private Diagnostic(byte[] bytes) {
    this.from = ByteBuffer.wrap(bytes);
  }

  static String of(byte[] sequence) {
    Diagnostic diagnostic = new Diagnostic(sequence);
    List<String> items = new ArrayList<>();
    while (diagnostic.from.hasRemaining()) {
      items.add(diagnostic.item(""));
    }
    return String.join(",", items);
  }

  private String item(String key) {
    int head = from.get() & 0xff;
    int info = head & 31;
    return switch (head >> 5) {
      case 0 -> Long.toString(argument(info));
      case 2 -> bytes(key, take(argument(info)));
      case 3 -> text(new String(take(argument(info)), StandardCharsets.UTF_8));
      case 4 -> list(argument(info));
      case 5 -> map(info);
      case 7 -> info == TRUE ? "true" : "simple(" + info + ")";
      default -> throw new IllegalArgumentException("nothing of Weir's: " + head);
    };
  }

  private long argument(int info) {
    return switch (info) {
      case 24 -> from.get() & 0xff;
      case 25 -> from.getShort() & 0xffff;
      case 26 -> from.getInt() & 0xffff_ffffL;
      case 27 -> from.getLong();
      default -> info;
    };
  }

  private byte[] take(long length) {
    byte[] bytes = new byte[(int) length];
    from.get(bytes);
    return bytes;
  }

  private static String bytes(String key, byte[] bytes) {
    return key.equals("\"capture\"")
        ? "<<" + of(bytes) + ">>"
        : "h'" + HexFormat.of().formatHex(bytes) + "'";
  }

  private static String text(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private String list(long size) {
    List<String> items = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      items.add(item(""));
    }
    return "[" + String.join(",", items) + "]";
  }

  private String map(int info) {
    boolean open = info == INDEFINITE;
    long size = open ? Long.MAX_VALUE : argument(info);
    List<String> pairs = new ArrayList<>();
    while (pairs.size() < size && !(open && (from.get(from.position()) & 0xff) == BREAK)) {
      String key = item("");
      pairs.add(key + ":" + item(key));
    }
    if (open) {
      from.get();
    }
    return (open ? "{_" : "{") + String.join(",", pairs) + "}";
  }
}
