package dev.weir.e2e.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A stretch of network that can be spoilt: a TCP proxy with one toxic in each direction. Any thread
 * may call.
 */
public final class Wire implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 2_000;
  private static final int CONNECT_MS = 5_000;

  private final InetSocketAddress server;
  private final ServerSocket listener;
  private final Map<Direction, Toxic> toxics = new EnumMap<>(Direction.class);
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong felt = new AtomicLong();
  private volatile boolean cut;

  private Wire(InetSocketAddress server, ServerSocket listener) {
    this.server = server;
    this.listener = listener;
  }

  /** Lays a wire to a server, which need not be there yet. */
  public static Wire to(InetSocketAddress server) throws IOException {
    Wire wire =
        new Wire(server, new ServerSocket(0, MAX_CONNECTIONS, InetAddress.getLoopbackAddress()));
    Thread thread = new Thread(wire::accept, "wire-to-" + server.getPort());
    thread.setDaemon(true);
    thread.start();
    return wire;
  }

  /** Where it begins. */
  public InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        carry(listener.accept());
      } catch (IOException e) {
        // closed, or a client that was gone again
      }
    }
  }

  private void carry(Socket client) {
    if (cut || connections.size() >= MAX_CONNECTIONS) {
      Connection.reset(client);
      felt();
      return;
    }
    Socket to = new Socket();
    try {
      to.connect(server, CONNECT_MS);
      client.setTcpNoDelay(true);
      to.setTcpNoDelay(true);
    } catch (IOException e) {
      Connection.reset(client);
      Connection.reset(to);
      return;
    }
    Connection connection = new Connection(this, client, to);
    connections.add(connection);
    connection.start();
    if (cut) {
      connection.reset(); // meanwhile
    }
  }

  /** Puts a toxic on, in place of the one before. */
  public void spoil(Toxic toxic, Direction... directions) {
    felt.set(0);
    synchronized (toxics) {
      Arrays.asList(directions).forEach(direction -> toxics.put(direction, toxic));
    }
  }

  /** Breaks every connection, and every new one at once. */
  public void cut() {
    felt.set(0);
    cut = true;
    breakAll();
  }

  /** Takes all toxics off; connections that lack bytes break. */
  public void mend() {
    cut = false;
    synchronized (toxics) {
      toxics.clear();
      toxics.notifyAll();
    }
    List.copyOf(connections).stream().filter(Connection::isDamaged).forEach(Connection::reset);
  }

  /** How often harm was done since the wire was last spoilt. */
  public long timesFelt() {
    return felt.get();
  }

  void felt() {
    felt.incrementAndGet();
  }

  Toxic toxic(Direction direction) {
    synchronized (toxics) {
      return toxics.getOrDefault(direction, Toxic.NONE);
    }
  }

  void pause(Duration time, Direction direction, Toxic toxic) throws IOException {
    long until = System.nanoTime() + time.toNanos();
    synchronized (toxics) {
      long left = until - System.nanoTime();
      while (left > 0 && toxics.get(direction) == toxic) {
        try {
          TimeUnit.NANOSECONDS.timedWait(toxics, left);
        } catch (InterruptedException e) {
          throw new IOException("interrupted", e);
        }
        left = until - System.nanoTime();
      }
    }
  }

  void forget(Connection connection) {
    connections.remove(connection);
  }

  private void breakAll() {
    List.copyOf(connections).forEach(Connection::reset);
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // it is closed all the same
    }
    breakAll();
  }
}
