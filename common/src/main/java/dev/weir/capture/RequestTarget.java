package dev.weir.capture;

/**
 * What a request asks for, as it stands in its first line (RFC 9112, section 3.2): a path and a
 * query, in absolute form behind scheme and authority; or an asterisk.
 */
public final class RequestTarget {
  private RequestTarget() {}

  /** Where the path begins: at its end where an absolute form has none. */
  public static int pathAt(String target) {
    int slashes = target.startsWith("/") ? -1 : target.indexOf("://");
    if (slashes < 0 || !isScheme(target, slashes)) {
      return 0;
    }
    int slash = target.indexOf('/', slashes + 3);
    int question = target.indexOf('?', slashes + 3);
    int end = slash < 0 ? question : question < 0 ? slash : Math.min(slash, question);
    return end < 0 ? target.length() : end;
  }

  private static boolean isScheme(String target, int end) {
    for (int i = 0; i < end; i++) {
      char c = target.charAt(i);
      boolean letterOrDigit =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letterOrDigit && c != '+' && c != '-' && c != '.') {
        return false;
      }
    }
    return end > 0;
  }

  /** Where the query begins, with its question mark: at the end where there is none. */
  public static int queryAt(String target) {
    int question = target.indexOf('?');
    return question < 0 ? target.length() : question;
  }

  /** The path, undecoded; {@code /} where an absolute form has none. */
  public static String path(String target) {
    String path = target.substring(pathAt(target), queryAt(target));
    return path.isEmpty() ? "/" : path;
  }
}
