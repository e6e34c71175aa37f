package dev.weir.player.target;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * One connection to a site. Carries one exchange at a time, and notices when the site closes it in
 * between. Its I/O thread's own.
 */
final class SiteConnection {
  private static final int SLICE = 64 << 10; // what NIO copies outside the heap at once

  /** Told on the I/O thread. */
  interface Events {
    /** The exchange is over, and the connection can take another. */
    void onFree(SiteConnection connection);

    /** The connection is closed; {@code unanswered} was under way and got no byte of an answer. */
    void onClosed(SiteConnection connection, @Nullable Exchange unanswered);
  }

  private final String key;
  private final StreamConnection socket;
  private final ByteBuffer buffer;
  private final Events events;
  private @Nullable Exchange exchange;

  /**
   * Has carried an exchange: the site may be closing it while we send the next, which then goes by
   * another. The site may have acted on it all the same; delivery is at least once.
   */
  private boolean used;

  private boolean closed;

  /**
   * @param key what it is kept for between exchanges
   * @param buffer the I/O thread's
   */
  SiteConnection(String key, StreamConnection socket, ByteBuffer buffer, Events events) {
    this.key = key;
    this.socket = socket;
    this.buffer = buffer;
    this.events = events;
    socket.getSourceChannel().setReadListener(source -> onReadable());
    socket.getSinkChannel().setWriteListener(sink -> onWritable());
    socket.getSourceChannel().resumeReads();
  }

  String key() {
    return key;
  }

  void send(Exchange next) {
    exchange = next;
    next.carriedBy(this);
    onWritable();
  }

  private void onWritable() {
    Exchange current = exchange;
    try {
      boolean whole = current == null || write(current.pieces());
      listenForRoom(!whole);
      if (current != null && whole) {
        current.sent();
      }
    } catch (IOException e) {
      onReadable(); // a site that refuses a request may answer before it closes
      if (current != null && exchange == current) {
        fail(e);
      }
    }
  }

  /** Only where it changes: each change is a call to the selector. */
  private void listenForRoom(boolean wanted) {
    ConduitStreamSinkChannel sink = socket.getSinkChannel();
    if (wanted && !sink.isWriteResumed()) {
      sink.resumeWrites();
    } else if (!wanted && sink.isWriteResumed()) {
      sink.suspendWrites();
    }
  }

  /** @return whether everything is with the operating system */
  private boolean write(ByteBuffer[] pieces) throws IOException {
    ConduitStreamSinkChannel sink = socket.getSinkChannel();
    for (ByteBuffer piece : pieces) {
      while (piece.hasRemaining()) {
        ByteBuffer slice = piece.slice(piece.position(), Math.min(piece.remaining(), SLICE));
        int written = sink.write(slice);
        if (written == 0) {
          return false;
        }
        piece.position(piece.position() + written);
      }
    }
    return sink.flush();
  }

  private void onReadable() {
    ConduitStreamSourceChannel source = socket.getSourceChannel();
    try {
      while (!closed) {
        int read = source.read(buffer.clear());
        if (read == 0) {
          return;
        }
        Exchange current = exchange;
        if (current == null) {
          close(); // closed by the site, or spoken to without having asked
          return;
        }
        if (read < 0) {
          current.parser().end();
          finish(current);
        } else if (current.parser().feed(buffer.flip())) {
          finish(current);
        }
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  private void finish(Exchange current) {
    exchange = null;
    boolean reusable = current.isSent() && current.parser().isReusable() && !buffer.hasRemaining();
    used = true;
    if (!reusable) {
      close();
    }
    current.answered();
    if (reusable) {
      events.onFree(this);
    }
  }

  private void fail(IOException e) {
    Exchange current = exchange;
    exchange = null;
    if (current != null && used && !current.parser().hasBegun()) {
      closeWith(current);
      return;
    }
    close();
    if (current != null) {
      current.failed(e);
    }
  }

  /** Idempotent; an exchange under way is left to whoever closes. */
  void close() {
    closeWith(null);
  }

  private void closeWith(@Nullable Exchange unanswered) {
    if (!closed) {
      closed = true;
      IoUtils.safeClose(socket);
      events.onClosed(this, unanswered);
    }
  }
}
