package dev.weir.proxy.http;

import dev.weir.proxy.http.Head.Kind;
import java.util.Locale;
import java.util.Set;

/** What a request's head must say, and what it says about its body. */
final class Requests {
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

  private Requests() {}

  static boolean isHttp2Preface(Head head) {
    return head.startsWith("PRI * HTTP/2.0\r\n\r\n");
  }

  /** Whether a method may be sent twice without having been answered (RFC 9110, section 9.2.2). */
  static boolean isIdempotent(Head head) {
    return IDEMPOTENT.contains(head.method());
  }

  /**
   * Sets the framing of a request's body. Whatever two readers might take for two different lengths
   * is refused.
   */
  static void frame(Head head, Framing framing) throws BadMessage {
    if (head.methodIs("CONNECT")) {
      throw new BadMessage(405, "CONNECT is for forward proxies");
    }
    if (head.isPersistentByDefault() && head.find(Kind.HOST) < 0) {
      throw new BadMessage("no Host");
    }
    once(head, Kind.HOST);
    once(head, Kind.CONTENT_LENGTH);
    once(head, Kind.TRANSFER_ENCODING);
    int coding = head.find(Kind.TRANSFER_ENCODING);
    int length = head.find(Kind.CONTENT_LENGTH);
    if (coding >= 0) {
      if (length >= 0 || !head.isPersistentByDefault() || !head.valueIs(coding, "chunked")) {
        throw new BadMessage("a Transfer-Encoding other than chunked, or besides a length");
      }
      framing.chunked();
    } else if (length >= 0) {
      framing.length(length(head, length));
    } else {
      framing.none();
    }
  }

  private static void once(Head head, Kind kind) throws BadMessage {
    if (head.find(kind) != head.findLast(kind)) {
      throw new BadMessage("more than one " + kind.name().toLowerCase(Locale.ROOT));
    }
  }

  /** Digits alone; no sign, no list. */
  static long length(Head head, int field) throws BadMessage {
    int from = head.valueStart(field);
    int to = head.valueEnd(field);
    long length = 0;
    for (int i = from; i < to; i++) {
      int digit = head.bytes[i] - '0';
      if (digit < 0 || digit > 9 || i - from > 17) {
        throw new BadMessage("a Content-Length that is no number");
      }
      length = 10 * length + digit;
    }
    if (from == to) {
      throw new BadMessage("an empty Content-Length");
    }
    return length;
  }
}
