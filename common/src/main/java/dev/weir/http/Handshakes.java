package dev.weir.http;

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
public final class Handshakes {
  private static final int WITHIN_SECONDS = 10;

  private final Duration within;
  private final Runnable tooSlow;
  private final Map<StreamConnection, XnioExecutor.Key> underWay = new ConcurrentHashMap<>();

  /**
   * @param second how long a second is
   * @param tooSlow told of each that takes too long
   */
  public Handshakes(Duration second, Runnable tooSlow) {
    this.within = second.multipliedBy(WITHIN_SECONDS);
    this.tooSlow = tooSlow;
  }

  public void begun(StreamConnection connection) {
    underWay.put(
        connection,
        connection
            .getIoThread()
            .executeAfter(() -> late(connection), within.toNanos(), TimeUnit.NANOSECONDS));
  }

  /** It has agreed, or is closed. */
  public void done(StreamConnection connection) {
    XnioExecutor.Key deadline = underWay.remove(connection);
    if (deadline != null) {
      deadline.remove();
    }
  }

  private void late(StreamConnection connection) {
    if (underWay.remove(connection) != null) {
      tooSlow.run();
      IoUtils.safeClose(connection);
    }
  }
}
