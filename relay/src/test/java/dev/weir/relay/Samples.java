package dev.weir.relay;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.wire.Settlement;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Captures and settlements for tests. */
public final class Samples {
  private Samples() {}

  /** An encoded capture of a session. */
  public static byte[] capture(String session) {
    return capture(session, session.getBytes(StandardCharsets.UTF_8));
  }

  /** The same with a body of its own. */
  public static byte[] capture(String session, byte[] body) {
    return CaptureCodec.encode(new Capture(
        "test",
        Capture.Kind.HTTP,
        Instant.EPOCH,
        session,
        new Request(
            "GET",
            "http",
            "example.org",
            "/" + session,
            "HTTP/1.1",
            Headers.NONE,
            Body.of(body),
            Headers.NONE,
            Client.NONE),
        null,
        Map.of()));
  }

  /** These are delivered; the lease goes on. */
  public static Settlement delivered(long... offsets) {
    List<Settlement.Range> ranges = java.util.Arrays.stream(offsets)
        .mapToObj(offset -> new Settlement.Range(offset, offset))
        .toList();
    return new Settlement(ranges, List.of(), List.of(), List.of(), List.of(), false);
  }

  /** To be tried again. */
  public static Settlement retry(long offset, long afterMs) {
    return new Settlement(
        List.of(),
        List.of(),
        List.of(new Settlement.Retry(offset, afterMs, "503")),
        List.of(),
        List.of(),
        false);
  }

  /** Not to be tried again. */
  public static Settlement dead(long offset) {
    return new Settlement(
        List.of(),
        List.of(),
        List.of(),
        List.of(new Settlement.Dead(offset, "no", 418, new byte[] {1})),
        List.of(),
        false);
  }

  /** Not to be delivered. */
  public static Settlement filtered(long offset) {
    return new Settlement(
        List.of(),
        List.of(new Settlement.Refusal(offset, "not wanted")),
        List.of(),
        List.of(),
        List.of(),
        false);
  }

  /** The lease ends; what it still has is handed back. */
  public static Settlement done() {
    return new Settlement(List.of(), List.of(), List.of(), List.of(), List.of(), true);
  }
}
