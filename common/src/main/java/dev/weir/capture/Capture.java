package dev.weir.capture;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One recorded request, with the response where one was asked for. Has no number: a spool gives it
 * one.
 *
 * @param source the name of the source that took it
 * @param kind what was captured
 * @param capturedAt wall-clock time of arrival, to the nanosecond
 * @param session captures with the same key stay in order; by default the client's connection
 * @param meta a small map that is kept with the capture through all stages
 */
public record Capture(
    String source,
    Kind kind,
    Instant capturedAt,
    String session,
    Request request,
    @Nullable Response response,
    Map<String, String> meta) {

  /** What a capture was before it became a request. */
  public enum Kind {
    /** A request that came by HTTP. */
    HTTP,
    /** Something else that happened, such as a log line: a POST whose body is the line. */
    EVENT,
    /** Bytes of a TCP connection. */
    TCP
  }

  /** What a capture costs beside its headers and bodies, on the generous side. */
  private static final long OVERHEAD = 1024;

  public Capture {
    meta = Map.copyOf(meta);
  }

  /** About what it takes in memory, in bytes. */
  public long footprint() {
    return OVERHEAD
        + request.target().length()
        + request.headers().footprint()
        + request.body().size()
        + request.trailers().footprint()
        + (response == null ? 0 : response.footprint());
  }
}
