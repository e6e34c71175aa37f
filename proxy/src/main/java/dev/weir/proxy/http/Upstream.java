package dev.weir.proxy.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One connection to the service: in use by an exchange, or idle in its lane. */
final class Upstream {
  final End end;
  private final Lane lane;
  private @Nullable Exchange user;
  private boolean used;
  /** The lane's second in which it became idle. */
  int idleSince;

  Upstream(Lane lane, End end) {
    this.lane = lane;
    this.end = end;
    end.listen(this::readable, this::writable);
  }

  void lendTo(Exchange exchange) {
    user = exchange;
    end.askToRead();
  }

  /** Whether it has carried no exchange yet; else the service may be about to close it. */
  boolean isFresh() {
    return !used;
  }

  void idle(int second) {
    user = null;
    used = true;
    idleSince = second;
    end.stopWriting();
    end.askToRead();
  }

  /** Whether the service has closed it, or sent what nobody asked for. */
  boolean isStale() {
    ByteBuffer probe = lane.take();
    try {
      return end.read(probe) != 0;
    } catch (IOException e) {
      return true;
    } finally {
      lane.give(probe);
    }
  }

  void close() {
    user = null;
    end.close();
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
      end.stopWriting();
    }
  }
}
