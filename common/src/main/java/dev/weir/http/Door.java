package dev.weir.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;

/**
 * Lets connections in, so many of each client: an IPv4 address, or the first half of an IPv6
 * address, which is what one customer of a provider gets. Any thread.
 *
 * <p>It hears that a connection is closed by its close listener: whoever sets another one has to
 * tell this one too.
 */
public final class Door {
  private static final int NETWORK = 8;

  private final int most;
  private final Map<Object, Integer> guests = new ConcurrentHashMap<>();

  /** @param most connections of one client */
  public Door(int most) {
    this.most = most;
  }

  /**
   * Whether the connection may stay.
   *
   * @param left told once it is closed, if it may
   */
  public boolean admits(StreamConnection connection, Consumer<StreamConnection> left) {
    InetSocketAddress address = connection.getPeerAddress(InetSocketAddress.class);
    Object client = client(address == null ? null : address.getAddress());
    if (guests.merge(client, 1, Integer::sum) > most) {
      leave(client);
      return false;
    }
    AtomicBoolean inside = new AtomicBoolean(true);
    connection.setCloseListener(closed -> {
      if (inside.getAndSet(false)) {
        leave(client);
        left.accept(connection);
      }
    });
    return true;
  }

  private void leave(Object client) {
    guests.computeIfPresent(client, (same, count) -> count == 1 ? null : count - 1);
  }

  static Object client(@Nullable InetAddress address) {
    if (address == null) {
      return "unknown";
    }
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK))
        : address;
  }
}
