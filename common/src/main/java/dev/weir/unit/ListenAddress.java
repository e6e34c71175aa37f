package dev.weir.unit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/**
 * Where a listener binds, written {@code host:port}: a name, an address ({@code [::1]:7070}), an
 * interface ({@code tailscale0:7070}), or nothing for every interface ({@code :8080}).
 *
 * @param host without brackets; empty: every interface
 * @param port 0: any free one
 */
public record ListenAddress(String host, int port) {
  public ListenAddress {
    HostPort.checkPort(port);
  }

  /** @throws IllegalArgumentException if the text is not {@code host:port} */
  public static ListenAddress parse(String text) {
    HostPort parts = HostPort.parse(text);
    if (parts.port() < 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\" has no port: write host:port, such as 127.0.0.1:8080 or :8080");
    }
    return new ListenAddress(parts.host(), parts.port());
  }

  /** Where something listens, by its address. */
  public static ListenAddress of(InetSocketAddress bound) {
    InetAddress address = bound.getAddress();
    return new ListenAddress(
        address == null ? bound.getHostString() : address.getHostAddress(), bound.getPort());
  }

  /** Whether only this machine can reach it, judged by the text alone. */
  public boolean isLoopback() {
    return HostPort.isLoopback(host);
  }

  /** Whether two listeners cannot both have their place; port 0 never clashes. */
  public boolean clashesWith(ListenAddress other) {
    return port != 0
        && port == other.port
        && (isWildcard() || other.isWildcard() || host.equalsIgnoreCase(other.host));
  }

  /** Whether a client of that site would come here, judged by the text alone. */
  public boolean isReachedAt(Origin site) {
    return port != 0
        && port == site.port()
        && (host.equalsIgnoreCase(site.host())
            || (site.isLoopback() && (isWildcard() || isLoopback())));
  }

  private boolean isWildcard() {
    return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
  }

  /**
   * Looks the host up: an interface of that name first, then the resolver.
   *
   * @throws UnknownHostException if there is neither
   */
  public InetSocketAddress resolve() throws UnknownHostException {
    if (host.isEmpty()) {
      return new InetSocketAddress(port);
    }
    try {
      NetworkInterface found = NetworkInterface.getByName(host);
      if (found != null && found.getInetAddresses().hasMoreElements()) {
        return new InetSocketAddress(found.getInetAddresses().nextElement(), port);
      }
    } catch (SocketException e) {
      // the interfaces cannot be listed: the host can still be a name or an address
    }
    return new InetSocketAddress(InetAddress.getByName(host), port);
  }

  @Override
  public String toString() {
    return HostPort.format(host, port);
  }
}
