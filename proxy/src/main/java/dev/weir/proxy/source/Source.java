package dev.weir.proxy.source;

import dev.weir.http.Refusals;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Where a proxy gets captures. Its trouble is its own: no failure in here reaches production or
 * another source.
 */
public interface Source extends Closeable {
  /**
   * Begins to hand captures to {@code intake}; returns once it serves. Called once.
   *
   * @throws IOException if it cannot, such as a port in use; the message names the setting to
   *     change
   */
  void start(Intake intake) throws IOException;

  /** Where it serves, once started. */
  InetSocketAddress address();

  /** Clients turned away since the start, for whom there is no capture; any thread. */
  Refusals refusals();

  /** Requests since the start that the service behind gave no whole answer to; any thread. */
  default long failed() {
    return 0;
  }

  /**
   * Takes nothing new, hands over what has begun, and returns within its drain deadline. May come
   * before a start, or in place of one. Idempotent.
   */
  @Override
  void close() throws IOException;
}
