package dev.weir.proxy.source;

import dev.weir.capture.HttpToken;

/**
 * What in a request tells to whom it belongs, written {@code connection}, {@code session},
 * {@code cookie:NAME} or {@code header:NAME}.
 *
 * @param name of the cookie or header; empty for the other two
 */
public record RequestKey(Kind kind, String name) {
  /** Where to look. */
  public enum Kind {
    CONNECTION,
    /** Whatever the source takes as the session. */
    SESSION,
    COOKIE,
    HEADER
  }

  private static final int LONGEST_NAME = 128;

  /** @throws IllegalArgumentException if the text is none of the four */
  public static RequestKey parse(String text) {
    String[] parts = text.split(":", 2);
    if (parts.length == 1 && text.equals("connection")) {
      return new RequestKey(Kind.CONNECTION, "");
    }
    if (parts.length == 1 && text.equals("session")) {
      return new RequestKey(Kind.SESSION, "");
    }
    if (parts.length == 2 && parts[1].length() <= LONGEST_NAME && HttpToken.is(parts[1])) {
      if (parts[0].equals("cookie")) {
        return new RequestKey(Kind.COOKIE, parts[1]);
      }
      if (parts[0].equals("header")) {
        return new RequestKey(Kind.HEADER, parts[1]);
      }
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is neither connection nor session nor cookie:NAME nor header:NAME");
  }

  @Override
  public String toString() {
    return switch (kind) {
      case CONNECTION -> "connection";
      case SESSION -> "session";
      case COOKIE -> "cookie:" + name;
      case HEADER -> "header:" + name;
    };
  }
}
