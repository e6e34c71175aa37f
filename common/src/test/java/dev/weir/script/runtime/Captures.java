package dev.weir.script.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.capture.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Captures for tests. */
final class Captures {
  private Captures() {}

  static Capture get(String target, String... headers) {
    return of("GET", target, Body.EMPTY, headers);
  }

  static Capture post(String target, String body, String... headers) {
    return of("POST", target, Body.of(body.getBytes(UTF_8)), headers);
  }

  static Capture of(String method, String target, Body body, String... headers) {
    return new Capture(
        "http",
        Capture.Kind.HTTP,
        Instant.parse("2024-05-06T07:08:09.5Z"),
        "connection-1",
        new Request(
            method,
            "http",
            "shop.example:8080",
            target,
            "HTTP/1.1",
            Headers.of(headers),
            body,
            Headers.NONE,
            new Client("10.0.0.7", 4711)),
        null,
        Map.of());
  }

  static Response answer(int status, String body, String... headers) {
    return new Response(
        status,
        "HTTP/1.1",
        Headers.of(headers),
        Body.of(body.getBytes(UTF_8)),
        Headers.NONE,
        Duration.ofMillis(12));
  }
}
