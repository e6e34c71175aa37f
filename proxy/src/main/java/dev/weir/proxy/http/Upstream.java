package dev.weir.proxy.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/** One connection to the service: in use by an exchange, or idle in its lane. */
final class Upstream {
  final StreamConnection connection;
  final ConduitStreamSourceChannel source;
  final ConduitStreamSinkChannel sink;
  private final Lane lane;
  private @Nullable Exchange user;
  private boolean used;
  /** The lane's second in which it became idle. */
  int idleSince;

  Upstream(Lane lane, StreamConnection connection) {
    this.lane = lane;
    this.connection = connection;
    this.source = connection.getSourceChannel();
    this.sink = connection.getSinkChannel();
    source.setReadListener(c -> readable());
    sink.setWriteListener(c -> writable());
  }

  void lendTo(Exchange exchange) {
    user = exchange;
    source.resumeReads();
  }

  /** Whether it has carried no exchange yet; else the service may be about to close it. */
  boolean isFresh() {
    return !used;
  }

  void idle(int second) {
    user = null;
    used = true;
    idleSince = second;
    sink.suspendWrites();
    source.resumeReads();
  }

  /** Whether the service has closed it, or sent what nobody asked for. */
  boolean isStale() {
    ByteBuffer probe = lane.take();
    try {
      return source.read(probe) != 0;
    } catch (IOException e) {
      return true;
    } finally {
      lane.give(probe);
    }
  }

  void close() {
    user = null;
    source.suspendReads();
    sink.suspendWrites();
    IoUtils.safeClose(connection);
  }

  private void readable() {
    Exchange exchange = user;
    if (exchange != null) {
      exchange.serviceReadable();
    } else if (isStale()) {
      lane.forget(this);
      close();
    }
  }

  private void writable() {
    Exchange exchange = user;
    if (exchange != null) {
      exchange.serviceWritable();
    } else {
      sink.suspendWrites();
    }
  }
}
