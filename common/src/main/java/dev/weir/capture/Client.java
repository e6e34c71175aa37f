package dev.weir.capture;

import java.net.InetSocketAddress;

/**
 * Where a request came from, as the source saw it: never looked up by name.
 *
 * @param address an IP address in its text form, or empty where there is none
 * @param port 0 where there is none
 */
public record Client(String address, int port) {
  public static final Client NONE = new Client("", 0);

  public static Client of(InetSocketAddress socket) {
    return new Client(
        socket.getAddress() == null
            ? socket.getHostString()
            : socket.getAddress().getHostAddress(),
        socket.getPort());
  }

  @Override
  public String toString() {
    return address.indexOf(':') >= 0 ? "[" + address + "]:" + port : address + ":" + port;
  }
}
