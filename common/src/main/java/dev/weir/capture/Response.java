package dev.weir.capture;

import java.time.Duration;

/**
 * An answer as it stood on the wire.
 *
 * @param took from the request's last byte to the answer's last
 */
public record Response(
    int status, String version, Headers headers, Body body, Headers trailers, Duration took) {
  /** About what it takes in memory, in bytes. */
  public long footprint() {
    return headers.footprint() + body.size() + trailers.footprint();
  }
}
