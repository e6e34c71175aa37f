package dev.weir.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other people's web pages from talking to a listener through a visitor's browser: by a name
 * of theirs that resolves to our address (DNS rebinding), or by a request across origins.
 */
final class BrowserGuard {
  private static final Pattern ADDRESS =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+(%\\w+)?]");

  private BrowserGuard() {}

  /**
   * Why the request is refused, or null.
   *
   * @param anyName whether {@code Host} may be any name: a rebound name gets nowhere without a
   *     token
   */
  static @Nullable String objection(HttpServerExchange exchange, boolean anyName) {
    String authority = exchange.getRequestHeaders().getFirst(Headers.HOST);
    if (authority == null) {
      return anyName ? null : "no Host header";
    }
    String host = authority.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
    if (!anyName && !host.equals("localhost") && !ADDRESS.matcher(host).matches()) {
      return "Host is \"" + authority
          + "\": without tokens only localhost and addresses are served";
    }
    String origin = exchange.getRequestHeaders().getFirst(Headers.ORIGIN);
    if (origin == null || exchange.getRequestMethod().equalToString("GET")) {
      return null;
    }
    return isSame(origin, authority) ? null : "a page of " + origin + " may not call here";
  }

  private static boolean isSame(String origin, String authority) {
    try {
      return authority.equalsIgnoreCase(URI.create(origin).getAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
