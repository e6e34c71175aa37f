package dev.weir.unit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and a port as people write them, IPv6 in brackets.
 *
 * @param host without brackets; empty where the text has none
 * @param port -1 where the text has none
 */
record HostPort(String host, int port) {
  private static final int MAX_PORT = 65_535;
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+(?:%[\\w.]+)?)]|([\\w.-]*))(?::(\\d{1,5}))?");
  private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.\\d{1,3}){3}");

  static HostPort parse(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException("\"" + text
          + "\" is not an address: write host:port, such as 127.0.0.1:8080 or [::1]:8080");
    }
    String host = parts.group(1) != null ? parts.group(1) : parts.group(2);
    String port = parts.group(3);
    return new HostPort(host, port == null ? -1 : checkPort(Integer.parseInt(port)));
  }

  static int checkPort(int port) {
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("a port is 0 to " + MAX_PORT + ", not " + port);
    }
    return port;
  }

  static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.equals("::1")
        || LOOPBACK_V4.matcher(host).matches();
  }

  static String format(String host, int port) {
    String text = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port < 0 ? text : text + ":" + port;
  }
}
