package dev.weir.capture;

/** The name of a method, a header field or a cookie: a token (RFC 9110, section 5.6.2). */
public final class HttpToken {
  private static final boolean[] FIT = new boolean[128];

  static {
    for (char c = '!'; c <= '~'; c++) {
      FIT[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }
  }

  private HttpToken() {}

  /** Whether a token may have that octet in it. */
  public static boolean fits(int octet) {
    return octet >= 0 && octet < FIT.length && FIT[octet];
  }

  public static boolean is(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!fits(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
