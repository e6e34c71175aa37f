package dev.weir.proxy.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;

/**
 * The TLS connections that have not agreed on anything yet; one that takes too long is closed. Any
 * thread may call.
 */
final class Handshakes {
  private static final Duration WITHIN = Duration.ofSeconds(10);

  private final Map<StreamConnection, XnioExecutor.Key> underWay = new ConcurrentHashMap<>();

  void begun(StreamConnection connection) {
    underWay.put(
        connection,
        connection
            .getIoThread()
            .executeAfter(() -> late(connection), WITHIN.toNanos(), TimeUnit.NANOSECONDS));
  }

  void done(StreamConnection connection) {
    XnioExecutor.Key deadline = underWay.remove(connection);
    if (deadline != null) {
      deadline.remove();
    }
  }

  private void late(StreamConnection connection) {
    if (underWay.remove(connection) != null) {
      IoUtils.safeClose(connection);
    }
  }
}
