package dev.weir.http;

import dev.weir.wire.Json;
import dev.weir.wire.Problem;
import dev.weir.wire.Protocol;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a server says to one call. */
public record Answer(int status, Map<String, String> headers, byte[] body) {
  private static final byte[] NOTHING = {};

  /** 200 with a value as JSON. */
  public static Answer json(Object value) {
    return of(200, Protocol.JSON, Json.write(value));
  }

  /** 200 with a text of some media type, in UTF-8. */
  public static Answer text(String mediaType, String text) {
    return of(200, mediaType + "; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  public static Answer bytes(String mediaType, byte[] bytes) {
    return of(200, mediaType, bytes);
  }

  /** 200 with nothing. */
  public static Answer empty() {
    return new Answer(200, Map.of(), NOTHING);
  }

  public static Answer problem(int status, String error) {
    return problem(status, Problem.of(error));
  }

  public static Answer problem(int status, Problem problem) {
    return of(status, Protocol.JSON, Json.write(problem));
  }

  /** 503: the caller keeps what it has and comes again. */
  public static Answer busy(String error, Duration retryAfter) {
    long seconds = Math.max(1, retryAfter.toSeconds());
    return problem(503, error).with("Retry-After", Long.toString(seconds));
  }

  private static Answer of(int status, String mediaType, byte[] body) {
    return new Answer(status, Map.of("Content-Type", mediaType), body);
  }

  /** The same with one more header. */
  public Answer with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Answer(status, more, body);
  }
}
