package dev.weir.player.target;

import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.capture.Headers.Field;
import dev.weir.capture.Request;
import dev.weir.player.target.Target.Attempt;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Writes a capture as the bytes of an HTTP/1.1 request (RFC 9112), as it was captured: method,
 * request target and version untouched; fields with their case, values, duplicates and order. No
 * field is added, changed or left out but these:
 *
 * <pre>
 * Host                            names the target, unless it is to be kept
 * Content-Length                  says the body's length; added to a body that came without framing
 * Transfer-Encoding               kept where it is chunked; added where there are trailers
 * Connection and what it names, Keep-Alive, Proxy-Connection, TE, Upgrade,
 * Proxy-Authorization             left out: they were for the first hop (RFC 9110, section 7.6.1)
 * Expect                          left out: the body is at hand
 * Weir-Capture-Id, Weir-Attempt, Weir-Captured-At      added, unless turned off
 * Weir-Hop                        this bucket is added to it
 * </pre>
 */
final class RequestWriter {
  private static final Set<String> HOP_BY_HOP = Set.of(
      "connection",
      "keep-alive",
      "proxy-connection",
      "proxy-authorization",
      "te",
      "upgrade",
      "expect");
  private static final Set<String> ANNOTATIONS =
      Set.of("weir-capture-id", "weir-attempt", "weir-captured-at");
  private static final int ONE_PIECE = 16 << 10;
  private static final byte[] LAST_CHUNK = ascii("0\r\n");
  private static final byte[] CRLF = ascii("\r\n");

  private final String host;
  private final boolean keepHost;
  private final boolean annotate;
  private final Hops hops;

  /** @param host what Host says: the target's name, and its port unless it is the scheme's */
  RequestWriter(String host, boolean keepHost, boolean annotate, Hops hops) {
    this.host = host;
    this.keepHost = keepHost;
    this.annotate = annotate;
    this.hops = hops;
  }

  /** The request in pieces, to be sent one after the other; small ones are one piece. */
  ByteBuffer[] write(Attempt attempt) throws Unreplayable {
    Request request = attempt.capture().request();
    check(request);
    Framing framing = Framing.of(request);
    StringBuilder head = new StringBuilder(512);
    head.append(request.method()).append(' ').append(request.target()).append(' ');
    head.append(request.version().equals("HTTP/1.0") ? "HTTP/1.0" : "HTTP/1.1").append("\r\n");
    Set<String> named = named(request.headers());
    boolean hostWritten = false;
    boolean framed = false;
    if (request.headers().get("Host") == null && !request.version().equals("HTTP/1.0")) {
      field(head, "Host", keepHost && !request.authority().isEmpty() ? request.authority() : host);
    }
    for (Field field : request.headers()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      switch (name) {
        case "host" -> {
          if (keepHost || !hostWritten) {
            field(head, field.name(), keepHost ? field.value() : host);
          }
          hostWritten = true;
        }
        case "content-length", "transfer-encoding" -> {
          if (!framed && framing.isNamed(name)) {
            field(head, field.name(), framing.value());
            framed = true;
          }
        }
        default -> {
          if (!HOP_BY_HOP.contains(name) && !named.contains(name) && !isAnnotation(name)) {
            field(head, field.name(), field.value());
          }
        }
      }
    }
    if (!framed && framing.isNeeded()) {
      field(head, framing.name(), framing.value());
    }
    annotate(head, attempt);
    head.append("\r\n");
    return framing.isChunked()
        ? chunked(head, request)
        : pieces(latin1(head), request.body().bytes(), new byte[0]);
  }

  private void annotate(StringBuilder head, Attempt attempt) {
    Capture capture = attempt.capture();
    if (annotate) {
      field(head, "Weir-Capture-Id", attempt.id().toString());
      field(head, "Weir-Attempt", Integer.toString(attempt.number()));
      field(head, "Weir-Captured-At", capture.capturedAt().toString());
    }
    field(head, Hops.FIELD, hops.with(capture.request().headers()));
  }

  private static ByteBuffer[] chunked(StringBuilder head, Request request) {
    byte[] body = request.body().bytes();
    ByteArrayOutputStream tail = new ByteArrayOutputStream();
    if (body.length > 0) {
      head.append(Integer.toHexString(body.length)).append("\r\n");
      tail.writeBytes(CRLF);
    }
    tail.writeBytes(LAST_CHUNK);
    StringBuilder trailers = new StringBuilder();
    for (Field field : request.trailers()) {
      field(trailers, field.name(), field.value());
    }
    tail.writeBytes(latin1(trailers));
    tail.writeBytes(CRLF);
    return pieces(latin1(head), body, tail.toByteArray());
  }

  private static ByteBuffer[] pieces(byte[] head, byte[] body, byte[] tail) {
    if (head.length + body.length + tail.length > ONE_PIECE) {
      return new ByteBuffer[] {ByteBuffer.wrap(head), ByteBuffer.wrap(body), ByteBuffer.wrap(tail)};
    }
    ByteBuffer all = ByteBuffer.allocate(head.length + body.length + tail.length);
    return new ByteBuffer[] {all.put(head).put(body).put(tail).flip()};
  }

  /** Lower-case names of the fields that Connection says are for the first hop. */
  private static Set<String> named(Headers headers) {
    List<String> values = headers.all("Connection");
    if (values.isEmpty()) {
      return Set.of();
    }
    Set<String> named = new HashSet<>();
    for (String value : values) {
      for (String name : value.split(",", -1)) {
        named.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    return named;
  }

  /** Whether a field of an earlier replay, which this one says anew. */
  private boolean isAnnotation(String name) {
    return name.equals("weir-hop") || (annotate && ANNOTATIONS.contains(name));
  }

  /**
   * What would make another request of it: a line break in any part, a body that is not whole, a
   * tunnel.
   */
  private static void check(Request request) throws Unreplayable {
    if (request.body().isTruncated()) {
      throw new Unreplayable("body truncated: " + request.body() + " were captured");
    }
    if (request.method().equalsIgnoreCase("CONNECT")) {
      throw new Unreplayable("method CONNECT opens a tunnel: it cannot be replayed");
    }
    if (request.method().isEmpty() || request.method().indexOf(' ') >= 0) {
      throw new Unreplayable("\"" + request.method() + "\" is not a method");
    }
    if (request.target().isEmpty()) {
      throw new Unreplayable("no request target");
    }
    checkOctets("method", request.method());
    checkOctets("request target", request.target());
    for (Headers fields : List.of(request.headers(), request.trailers())) {
      for (Field field : fields) {
        checkOctets("name of a field", field.name());
        checkOctets("field " + field.name(), field.value());
        if (field.name().isEmpty() || field.name().indexOf(':') >= 0) {
          throw new Unreplayable("\"" + field.name() + "\" is not a name of a field");
        }
      }
    }
  }

  private static void checkOctets(String what, String text) throws Unreplayable {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r' || c == '\n' || c == 0 || c > 0xff) {
        throw new Unreplayable(
            String.format("%s holds U+%04X at %d: it cannot be sent as it is", what, (int) c, i));
      }
    }
  }

  private static void field(StringBuilder to, String name, String value) {
    to.append(name).append(": ").append(value).append("\r\n");
  }

  private static byte[] latin1(StringBuilder text) {
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
