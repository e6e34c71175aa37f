package dev.weir.player.target;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.CaptureId;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.capture.RunId;
import dev.weir.player.target.Target.Attempt;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** Attempts for tests. */
public final class Attempts {
  static final RunId RUN = new RunId("0123456789abcdef0123456789abcdef");
  static final Instant AT = Instant.parse("2026-01-02T03:04:05.000000006Z");

  private Attempts() {}

  public static Attempt of(Capture capture) {
    return new Attempt(new CaptureId(RUN, 7), 2, capture);
  }

  /** A first attempt at a small GET of a session. */
  public static Attempt get(String session, String target) {
    return of(capture(session, request("GET", target, Headers.of("Host", "shop.example"), "")));
  }

  public static Attempt of(Request request) {
    return of(capture("s-1", request));
  }

  static Capture capture(String session, Request request) {
    return new Capture("shop", Capture.Kind.HTTP, AT, session, request, null, Map.of());
  }

  public static Request request(String method, String target, Headers headers, String body) {
    return new Request(
        method,
        "http",
        "shop.example",
        target,
        "HTTP/1.1",
        headers,
        Body.of(body.getBytes(StandardCharsets.ISO_8859_1)),
        Headers.NONE,
        Client.NONE);
  }
}
