package dev.weir.wiretest;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service whose every byte the test writes itself: it accepts connections and hands them over in
 * the order in which they came, or lets a script serve each.
 */
public final class WireService implements Closeable {
  private static final int PATIENCE_SECONDS = 10;

  private final ServerSocket server;
  private final BlockingQueue<Wire> accepted = new LinkedBlockingQueue<>();
  private final AtomicInteger connections = new AtomicInteger();

  /** Serves one connection until it returns or throws. */
  @FunctionalInterface
  public interface Script {
    void serve(Wire wire) throws IOException;
  }

  private WireService(ServerSocket server) {
    this.server = server;
  }

  /** Hands connections to {@link #accept}. */
  public static WireService start() throws IOException {
    return start(null);
  }

  /** Has the script serve each connection on a thread of its own. */
  public static WireService start(Script script) throws IOException {
    WireService service =
        new WireService(new ServerSocket(0, 1024, InetAddress.getLoopbackAddress()));
    daemon(() -> service.acceptAll(script));
    return service;
  }

  private void acceptAll(Script script) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Wire wire = new Wire(socket);
        if (script == null) {
          accepted.add(wire);
        } else {
          daemon(() -> serve(script, wire));
        }
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private static void serve(Script script, Wire wire) {
    try (wire) {
      script.serve(wire);
    } catch (IOException e) {
      // the peer has left: the end of a script
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "wire-service");
    thread.setDaemon(true);
    thread.start();
  }

  /** The next connection that somebody opens. */
  public Wire accept() throws IOException {
    try {
      Wire wire = accepted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (wire == null) {
        throw new IOException("nobody has connected");
      }
      return wire;
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** How many connections have been opened so far. */
  public int connections() {
    return connections.get();
  }

  /** Stops accepting; connections live on. */
  @Override
  public void close() throws IOException {
    server.close();
  }
}
