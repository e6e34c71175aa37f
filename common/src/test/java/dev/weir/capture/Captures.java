package dev.weir.capture;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Captures for tests. */
public final class Captures {
  private Captures() {}

  /** A small GET. */
  public static Capture get(String target) {
    return capture("GET", target, Body.EMPTY);
  }

  /** A small POST. */
  public static Capture post(String target, String body) {
    return capture("POST", target, Body.of(body.getBytes(StandardCharsets.UTF_8)));
  }

  private static Capture capture(String method, String target, Body body) {
    return new Capture(
        "shop",
        Capture.Kind.HTTP,
        Instant.parse("2026-01-02T03:04:05.000000006Z"),
        "c-1",
        new Request(
            method,
            "http",
            "shop.example",
            target,
            "HTTP/1.1",
            Headers.of("Host", "shop.example"),
            body,
            Headers.NONE,
            new Client("192.0.2.7", 51234)),
        null,
        Map.of());
  }

  /** Everything that a capture can hold, in forms that are easy to get wrong. */
  public static Capture full() {
    byte[] binary = new byte[256];
    for (int i = 0; i < binary.length; i++) {
      binary[i] = (byte) i;
    }
    return new Capture(
        "shop",
        Capture.Kind.HTTP,
        Instant.parse("2026-01-02T03:04:05.123456789Z"),
        "sess\u00e9",
        new Request(
            "PROPFIND",
            "https",
            "shop.example:8443",
            "/a/../b%2Fc;d=1/+?q=%20+&x=\u00ff",
            "HTTP/1.1",
            Headers.of(
                "hOsT",
                "shop.example:8443",
                "X-Twice",
                "1",
                "x-twice",
                "2",
                "X-Empty",
                "",
                "X-Latin",
                "\u00e9\u00ff"),
            Body.truncated(binary, 100_000),
            Headers.of("X-Trailer", "end"),
            new Client("2001:db8::1", 65535)),
        new Response(
            207,
            "HTTP/1.1",
            Headers.of("Set-Cookie", "a=1", "Set-Cookie", "b=2"),
            Body.of(new byte[] {0, -1, 127}),
            Headers.NONE,
            Duration.ofNanos(1_234_567)),
        Map.of("note", "\u6c34"));
  }
}
