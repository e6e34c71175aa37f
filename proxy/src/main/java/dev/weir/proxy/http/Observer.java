package dev.weir.proxy.http;

import dev.weir.capture.Headers;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sees every request that passes. Called on the I/O thread of the client's connection: must not
 * block. What it throws is logged and ends the observation, never the exchange.
 */
@FunctionalInterface
public interface Observer {
  /**
   * A request's head is here and nothing of it has gone on yet.
   *
   * @return who sees the rest, or null to look away
   */
  @Nullable
  Observation request(RequestHead head, Peer peer);

  /**
   * Sees one exchange. Buffers are lent for the call: read them by index, from {@code from} to
   * before {@code to}, and leave position and limit alone. Body bytes come without their transfer
   * coding.
   */
  interface Observation {
    void requestBody(ByteBuffer bytes, int from, int to);

    /** The request's last byte has arrived. */
    void requestEnd(Headers trailers);

    /** The service's answer; not called for what the proxy answers itself, nor for 1xx but 101. */
    void response(ResponseHead head);

    void responseBody(ByteBuffer bytes, int from, int to);

    /** The answer's last byte has gone to the client. */
    void responseEnd(Headers trailers);

    /** Nothing more will come; called exactly once, unless {@link #failed} is. */
    void end();

    /** It has thrown, for want of memory say, and sees no more; called once in place of the end. */
    default void failed() {
      end();
    }
  }
}
