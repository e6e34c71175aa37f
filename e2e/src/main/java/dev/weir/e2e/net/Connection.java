package dev.weir.e2e.net;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection over a wire: two sockets, and a pipe for each direction. */
final class Connection {
  private final Wire wire;
  private final Socket client;
  private final Socket server;
  private final AtomicInteger open = new AtomicInteger(2);
  private volatile boolean damaged;

  Connection(Wire wire, Socket client, Socket server) {
    this.wire = wire;
    this.client = client;
    this.server = server;
  }

  void start() {
    start(Direction.UP, client, server);
    start(Direction.DOWN, server, client);
  }

  private void start(Direction direction, Socket from, Socket to) {
    Thread thread = new Thread(
        new Pipe(wire, this, direction, from, to),
        "wire-" + direction.name().toLowerCase(java.util.Locale.ROOT));
    thread.setDaemon(true);
    thread.start();
  }

  /** It lacks bytes: it must not outlive the toxic. */
  void damage() {
    damaged = true;
  }

  boolean isDamaged() {
    return damaged;
  }

  /** A pipe has ended. */
  void ended() {
    if (open.decrementAndGet() == 0 && !damaged) {
      close();
    }
  }

  /** Both ends see it break. */
  void reset() {
    reset(client);
    reset(server);
    wire.forget(this);
  }

  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // it was closed already
    }
  }

  private void close() {
    try (client;
        server) {
      wire.forget(this);
    } catch (IOException e) {
      // it was closed already
    }
  }
}
