package dev.weir.script.lib;

import java.io.ByteArrayOutputStream;

/** Percent-encoding (RFC 3986, section 2.1). */
public final class Percent {
  private static final String UNRESERVED = "-._~";
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private Percent() {}

  /** Everything but unreserved characters becomes {@code %XX}. */
  public static String encode(byte[] bytes) {
    StringBuilder out = new StringBuilder(bytes.length + 16);
    for (byte b : bytes) {
      int c = b & 0xff;
      boolean plain = (c >= '0' && c <= '9')
          || (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || UNRESERVED.indexOf(c) >= 0;
      if (plain) {
        out.append((char) c);
      } else {
        out.append('%').append(HEX[c >> 4]).append(HEX[c & 15]);
      }
    }
    return out.toString();
  }

  /** What is not well-formed stays as it is. */
  public static byte[] decode(byte[] bytes, boolean plusIsSpace) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      if (b == '%' && i + 2 < bytes.length) {
        int high = Character.digit(bytes[i + 1], 16);
        int low = Character.digit(bytes[i + 2], 16);
        if (high >= 0 && low >= 0) {
          out.write(high << 4 | low);
          i += 2;
          continue;
        }
      }
      out.write(b == '+' && plusIsSpace ? ' ' : b);
    }
    return out.toByteArray();
  }
}
