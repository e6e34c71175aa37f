package dev.weir.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Sees the heads of a connection's requests come, does not wait for one that does not end, and
 * counts those that Undertow's parser closes the connection for. Its I/O thread's own.
 */
final class HeadWatch extends AbstractStreamSourceConduit<StreamSourceConduit> {
  static final int MAX_BYTES = 32 << 10;

  private static final int WITHIN_SECONDS = 10;
  private static final byte[] TIMED_OUT =
      "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final StreamConnection connection;
  private final Limits limits;
  private final Refusals refusals;
  private final HalfHeads halfHeads;

  /** Whether a head is awaited, or half here; else a call is under way. */
  private boolean awaited = true;

  /** What has come of it. */
  private int bytes;

  private boolean clientLeft;
  private XnioExecutor.@Nullable Key clock;

  HeadWatch(StreamConnection connection, Limits limits, Refusals refusals, HalfHeads halfHeads) {
    super(connection.getSourceChannel().getConduit());
    this.connection = connection;
    this.limits = limits;
    this.refusals = refusals;
    this.halfHeads = halfHeads;
  }

  /** The one that sees the connection of a call. */
  static HeadWatch of(HttpServerExchange exchange) {
    HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
    return (HeadWatch) connection.getOriginalSourceConduit();
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int count;
    try {
      count = next.read(into);
    } catch (IOException e) {
      clientLeft = true;
      throw e;
    }
    if (count < 0) {
      clientLeft = true;
    } else if (awaited) {
      bytes += count;
      if (count == 0 && bytes > 0) {
        awaitRest();
      }
    }
    return count;
  }

  /** All is read, and the parser wants more. */
  private void awaitRest() {
    halfHeads.book(this, bytes);
    if (clock == null) {
      clock = connection
          .getIoThread()
          .executeAfter(
              this::tooSlow, limits.seconds(WITHIN_SECONDS).toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** The parser has it whole. */
  void ended() {
    awaited = false;
    giveUp();
  }

  /** @param ahead how much of it has come with the request before it */
  void next(int ahead) {
    awaited = true;
    bytes = ahead;
  }

  private void giveUp() {
    halfHeads.forget(this);
    if (clock != null) {
      clock.remove();
      clock = null;
    }
  }

  /** It is the oldest of too many. Any thread. */
  void letGo() {
    connection.getIoThread().execute(this::tooSlow);
  }

  private void tooSlow() {
    if (awaited && bytes > 0 && connection.isOpen()) {
      refusals.count(Refusal.TOO_SLOW);
      ended();
      try {
        connection.getSinkChannel().write(ByteBuffer.wrap(TIMED_OUT)); // nothing else is being said
        connection.getSinkChannel().flush();
      } catch (IOException e) {
        // it has left, and need not know
      }
      IoUtils.safeClose(connection);
    }
  }

  /**
   * The connection is closed.
   *
   * @param byUs as the listener ends
   */
  void closed(boolean byUs) {
    if (awaited && bytes > 0 && !clientLeft && !byUs) {
      refusals.count(bytes > MAX_BYTES ? Refusal.TOO_LARGE : Refusal.MALFORMED);
    }
    giveUp();
  }
}
