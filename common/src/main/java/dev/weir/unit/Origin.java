package dev.weir.unit;

import java.util.Locale;

/**
 * A site: scheme, host and port of its URLs (RFC 6454), written {@code http://staging:3000}. No
 * path, no credentials.
 *
 * @param scheme {@code http} or {@code https}
 * @param host without brackets
 */
public record Origin(String scheme, String host, int port) {
  public Origin {
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("a site is http or https, not \"" + scheme + "\"");
    }
    if (host.isEmpty()) {
      throw new IllegalArgumentException("a site needs a host");
    }
    if (port < 1) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
    HostPort.checkPort(port);
  }

  /**
   * @throws IllegalArgumentException if the text is not {@code http://host[:port]} or
   *     {@code https://host[:port]}
   */
  public static Origin parse(String text) {
    String stripped = text.strip();
    int end = stripped.indexOf("://");
    if (end < 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a site: write http://host:port or https://host:port");
    }
    String scheme = stripped.substring(0, end).toLowerCase(Locale.ROOT);
    String rest = stripped.substring(end + 3);
    String authority = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    if (authority.indexOf('@') >= 0) {
      // not repeated: it may hold a password
      throw new IllegalArgumentException("a site has no user or password in its address");
    }
    if (authority.indexOf('/') >= 0 || authority.indexOf('?') >= 0) {
      throw new IllegalArgumentException("\"" + text + "\" has a path: write only "
          + stripped.substring(0, end + 3) + authority.split("[/?]", 2)[0]);
    }
    HostPort parts = HostPort.parse(authority);
    int port = parts.port() >= 0 ? parts.port() : scheme.equals("https") ? 443 : 80;
    return new Origin(scheme, parts.host(), port);
  }

  public boolean isTls() {
    return scheme.equals("https");
  }

  /** Whether it is this machine, judged by the text alone. */
  public boolean isLoopback() {
    return HostPort.isLoopback(host);
  }

  /** Host and port as in a {@code Host} header: without the scheme's own port. */
  public String authority() {
    boolean usual = port == (isTls() ? 443 : 80);
    return HostPort.format(host, usual ? -1 : port);
  }

  @Override
  public String toString() {
    return scheme + "://" + authority();
  }
}
