package dev.weir.proxy.http;

import dev.weir.proxy.http.Head.Kind;
import java.util.Locale;

/** What an answer's head says about its body, and answers of the proxy's own. */
final class Responses {
  private Responses() {}

  static boolean isInterim(int status) {
    return status < 200 && status != 101;
  }

  /** Sets the framing of an answer's body (RFC 9112, section 6.3). */
  static void frame(Head head, boolean toHead, Framing framing) throws BadMessage {
    int status = head.status();
    int coding = head.findLast(Kind.TRANSFER_ENCODING);
    int length = head.find(Kind.CONTENT_LENGTH);
    if (toHead || status == 204 || status == 304) {
      framing.none();
    } else if (coding >= 0) {
      String last = head.value(coding).toLowerCase(Locale.ROOT);
      if (last.equals("chunked") || last.endsWith(" chunked") || last.endsWith(",chunked")) {
        framing.chunked();
      } else {
        framing.untilClose();
      }
    } else if (length >= 0) {
      long value = Requests.length(head, length);
      if (value != Requests.length(head, head.findLast(Kind.CONTENT_LENGTH))) {
        throw new BadMessage("two lengths that differ");
      }
      framing.length(value);
    } else {
      framing.untilClose();
    }
  }

  /** A whole answer without a body. */
  static byte[] own(int status, boolean close) {
    return Onward.ascii("HTTP/1.1 " + status + " " + reason(status) + "\r\nContent-Length: 0\r\n"
        + (close ? "Connection: close\r\n" : "") + "\r\n");
  }

  private static String reason(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Error";
    };
  }
}
