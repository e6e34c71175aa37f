package dev.weir.e2e.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;

/** One direction of one connection over a wire. Its own thread runs it and calls all of it. */
public final class Pipe implements Runnable {
  private static final int BUFFER = 64 << 10;

  private final Wire wire;
  private final Connection connection;
  private final Direction direction;
  private final Socket from;
  private final Socket to;
  private Toxic toxic = Toxic.NONE;
  private long poured;
  private boolean finished;

  Pipe(Wire wire, Connection connection, Direction direction, Socket from, Socket to) {
    this.wire = wire;
    this.connection = connection;
    this.direction = direction;
    this.from = from;
    this.to = to;
  }

  @Override
  public void run() {
    try {
      byte[] buffer = new byte[BUFFER];
      InputStream in = from.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        pour(buffer, count);
      }
      if (!finished) {
        to.shutdownOutput();
      }
    } catch (IOException e) {
      connection.reset(); // one end broke: so does the other
    } finally {
      connection.ended();
    }
  }

  private void pour(byte[] bytes, int count) throws IOException {
    Toxic now = wire.toxic(direction);
    if (now != toxic) {
      toxic = now;
      poured = 0;
    }
    if (!finished && now.pour(bytes, count, this)) {
      wire.felt();
    }
    poured += count;
  }

  /** The bytes that have come on this connection since the present toxic is on, before these. */
  long poured() {
    return poured;
  }

  void write(byte[] bytes, int from, int count) throws IOException {
    OutputStream out = to.getOutputStream();
    out.write(bytes, from, count);
  }

  /** Waits, but not for longer than the toxic is on. */
  void pause(Duration time) throws IOException {
    wire.pause(time, direction, toxic);
  }

  /** Both ends see the connection break. */
  void reset() {
    connection.reset();
  }

  /** The receiver sees the end; what comes from now on is dropped. */
  void finish() throws IOException {
    drop();
    to.shutdownOutput();
  }

  /** Nothing more passes; once the wire is mended, both ends see the connection break. */
  void drop() {
    finished = true;
    connection.damage();
    if (wire.toxic(direction) != toxic) {
      connection.reset(); // mended meanwhile
    }
  }
}
