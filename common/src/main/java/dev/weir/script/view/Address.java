package dev.weir.script.view;

import dev.weir.capture.RequestTarget;
import dev.weir.script.engine.Text;
import org.luaj.vm2.LuaError;

/**
 * Where a request goes, in its parts: scheme, authority and request target come apart and together
 * again. A part that nobody sets keeps its spelling.
 */
final class Address {
  private static final int LARGEST_PORT = 65_535;

  /** Of a path or query that a script sets. */
  private static final int LONGEST_TARGET = 1 << 20;

  private String scheme;
  private String authority;
  private String target;

  Address(String scheme, String authority, String target) {
    this.scheme = scheme;
    this.authority = authority;
    this.target = target;
  }

  String scheme() {
    return scheme;
  }

  String authority() {
    return authority;
  }

  String target() {
    return target;
  }

  void setScheme(String scheme) {
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new LuaError("a scheme is \"http\" or \"https\", not \"" + scheme + "\"");
    }
    this.scheme = scheme;
    useOriginForm();
  }

  private int portAt() {
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? colon : authority.length();
  }

  String host() {
    return authority.substring(0, portAt());
  }

  void setHost(String host) {
    refuseOddHost(host);
    authority = host + authority.substring(portAt());
    useOriginForm();
  }

  private static void refuseOddHost(String host) {
    boolean literal = host.startsWith("[") && host.endsWith("]");
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c > '~' || "/?#@\\".indexOf(c) >= 0 || (c == ':' && !literal)) {
        throw new LuaError("a host cannot have the form of \"" + host + "\"; the port is req.port");
      }
    }
    if (host.isEmpty()) {
      throw new LuaError("a host cannot be empty");
    }
  }

  int port() {
    int at = portAt();
    if (at + 1 < authority.length()) {
      try {
        return Integer.parseInt(authority.substring(at + 1));
      } catch (NumberFormatException e) {
        return 0;
      }
    }
    return scheme.equals("https") ? 443 : 80;
  }

  void setPort(int port) {
    if (port < 1 || port > LARGEST_PORT) {
      throw new LuaError("a port is 1 to " + LARGEST_PORT + ", not " + port);
    }
    authority = host() + ":" + port;
    useOriginForm();
  }

  /** An absolute target would go on naming the old place. */
  private void useOriginForm() {
    target = target.substring(pathAt());
    if (target.isEmpty()) {
      target = "/";
    }
  }

  private int pathAt() {
    return RequestTarget.pathAt(target);
  }

  private int queryAt() {
    return RequestTarget.queryAt(target);
  }

  String path() {
    return RequestTarget.path(target);
  }

  void setPath(String path) {
    refuseOddTarget("path", path);
    if (path.indexOf('?') >= 0) {
      throw new LuaError("a path has no \"?\" in it: req.query holds the rest");
    }
    if (!path.startsWith("/") && !path.equals("*")) {
      throw new LuaError(
          "a path begins with \"/\", unlike \"" + Text.shown(Text.ofWire(path)) + "\"");
    }
    target = target.substring(0, pathAt()) + path + target.substring(queryAt());
  }

  String query() {
    int at = queryAt();
    return at == target.length() ? "" : target.substring(at + 1);
  }

  void setQuery(String query) {
    refuseOddTarget("query", query);
    target = target.substring(0, queryAt()) + (query.isEmpty() ? "" : "?" + query);
  }

  /** What would end the request line and begin another one. */
  private static void refuseOddTarget(String what, String text) {
    if (text.length() > LONGEST_TARGET) {
      throw new LuaError(
          "a " + what + " has at most " + LONGEST_TARGET + " bytes, not " + text.length());
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) == 0x7f) {
        throw new LuaError(
            "a " + what + " has no spaces or control characters; url.encode makes it so");
      }
    }
  }

  String url() {
    int at = pathAt();
    return at > 0 ? target : scheme + "://" + authority + (target.equals("*") ? "" : target);
  }
}
