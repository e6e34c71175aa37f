package dev.weir.proxy.source;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Answers of an {@link IngestSource}, as bytes of HTTP/1.1. */
final class IngestAnswers {
  private IngestAnswers() {}

  /** Comes again with the same request; rounded up to whole seconds. */
  static byte[] retry(String reason, Duration after) {
    long seconds = Math.max(1, after.plusMillis(999).toSeconds());
    return plain(503, reason, "Retry-After: " + seconds);
  }

  static byte[] plain(int status, String text, String... headers) {
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    return of(status, "text/plain; charset=utf-8", body, headers);
  }

  static byte[] of(int status, String contentType, byte[] body, String... headers) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " " + reason(status) + "\r\n");
    boolean none = status == 204;
    if (!none) {
      head.append("Content-Type: ").append(contentType).append("\r\n");
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(
        head.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    whole.writeBytes(none ? new byte[0] : body);
    return whole.toByteArray();
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 201 -> "Created";
      case 202 -> "Accepted";
      case 204 -> "No Content";
      case 401 -> "Unauthorized";
      case 413 -> "Content Too Large";
      case 422 -> "Unprocessable Content";
      case 503 -> "Service Unavailable";
      default -> "Success";
    };
  }
}
