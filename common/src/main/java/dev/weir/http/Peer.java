package dev.weir.http;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;

/** The other end of a connection, while it waits for us. Its I/O thread alone may ask. */
final class Peer {
  private final HttpServerExchange exchange;

  Peer(HttpServerExchange exchange) {
    this.exchange = exchange;
  }

  /**
   * Whether it has closed. Nobody reads from a connection while a call is answered, so that nobody
   * else notices.
   */
  boolean isGone() {
    if (!exchange.getConnection().isOpen()) {
      return true;
    }
    if (!(exchange.getConnection() instanceof HttpServerConnection connection)
        || !exchange.isRequestComplete()
        || connection.getExtraBytes() != null) {
      return false;
    }
    PooledByteBuffer buffer = connection.getByteBufferPool().allocate();
    try {
      int read = connection.getOriginalSourceConduit().read(buffer.getBuffer());
      if (read > 0) { // the next request, ahead of its time
        buffer.getBuffer().flip();
        connection.ungetRequestBytes(buffer);
        return false;
      }
      buffer.close();
      return read < 0;
    } catch (IOException e) {
      buffer.close();
      return true;
    }
  }
}
