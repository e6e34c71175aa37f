package dev.weir.proxy.http;

import dev.weir.capture.Headers;
import dev.weir.capture.HttpToken;
import java.nio.ByteBuffer;

/**
 * Finds the parts of a head (RFC 9112, sections 2 to 5). Requests are held to the letter, as what a
 * service behind us might read otherwise is a way to smuggle a second request past it. Answers come
 * from the service itself, so that line ends and folded lines are taken as clients take them; but a
 * bare CR, which some clients take for a line end, is in none.
 */
final class HeadParser {
  private HeadParser() {}

  /**
   * Looks for the end of a head that begins at {@code start}.
   *
   * @param from where the last search stopped
   * @return the index after the empty line, or -1 if it is not here yet
   */
  static int end(ByteBuffer in, int start, int from, boolean strict) throws BadMessage {
    for (int i = from, limit = in.limit(); i < limit; i++) {
      if (in.get(i) != '\n') {
        continue;
      }
      int before = i - 1;
      if (before >= start && in.get(before) == '\r') {
        before--;
      } else if (strict) {
        throw new BadMessage("a line ends in a bare line feed");
      }
      if (before >= start && in.get(before) == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  static void request(Head head) throws BadMessage {
    byte[] b = head.bytes;
    int i = token(b, 0, head.length);
    if (i == 0 || b[i] != ' ') {
      throw new BadMessage("the request line has no method");
    }
    head.firstEnd = i++;
    head.secondStart = i;
    while (b[i] < 0 || (b[i] > ' ' && b[i] != 127)) {
      i++;
    }
    if (i == head.secondStart || b[i] != ' ') {
      throw new BadMessage("the request line has no target");
    }
    head.secondEnd = i++;
    head.thirdStart = i;
    head.thirdEnd = version(head, i);
    i = head.thirdEnd;
    if (b[i] != '\r' || b[i + 1] != '\n') {
      throw new BadMessage("the request line goes on after the version");
    }
    head.fieldsStart = i + 2;
    fields(head, true);
  }

  static void response(Head head) throws BadMessage {
    byte[] b = head.bytes;
    int i = version(head, 0);
    head.firstEnd = i;
    if (b[i] != ' ') {
      throw new BadMessage("the status line has no status");
    }
    head.secondStart = ++i;
    while (b[i] >= '0' && b[i] <= '9') {
      i++;
    }
    head.secondEnd = i;
    if (i - head.secondStart != 3 || b[head.secondStart] == '0') {
      throw new BadMessage("the status line has no status");
    }
    i = lineEnd(b, i, false);
    head.fieldsStart = i + lineBreak(b, i);
    fields(head, false);
  }

  /** The fields of a trailer section, which ends with its empty line. */
  static Headers trailers(byte[] section, int length) throws BadMessage {
    Head head = new Head();
    head.load(ByteBuffer.wrap(section), 0, length);
    fields(head, true);
    for (int i = 0; i < head.count(); i++) {
      switch (head.kind(i)) {
        case CONTENT_LENGTH, TRANSFER_ENCODING, HOST ->
          throw new BadMessage("a trailer that belongs into the head");
        default -> {}
      }
    }
    return head.headers();
  }

  private static int version(Head head, int from) throws BadMessage {
    byte[] b = head.bytes;
    if (head.length - from < 10
        || b[from] != 'H'
        || b[from + 1] != 'T'
        || b[from + 2] != 'T'
        || b[from + 3] != 'P'
        || b[from + 4] != '/'
        || b[from + 5] != '1'
        || b[from + 6] != '.'
        || (b[from + 7] != '0' && b[from + 7] != '1')) {
      throw new BadMessage("neither HTTP/1.1 nor HTTP/1.0");
    }
    return from + 8;
  }

  private static void fields(Head head, boolean strict) throws BadMessage {
    byte[] b = head.bytes;
    int i = head.fieldsStart;
    int end = head.fieldsEnd();
    while (i < end) {
      int line = i;
      if (!strict && head.count() > 0 && isBlank(b[i])) {
        i = lineEnd(b, i, strict);
        head.fold(trimmed(b, line, i));
        i += lineBreak(b, i);
        continue;
      }
      i = token(b, i, end);
      int nameEnd = i;
      while (!strict && isBlank(b[i])) {
        i++;
      }
      if (nameEnd == line || b[i] != ':') {
        throw new BadMessage("a header line has no name");
      }
      i++;
      while (isBlank(b[i])) {
        i++;
      }
      int valueStart = i;
      i = lineEnd(b, i, strict);
      head.add(line, nameEnd, valueStart, trimmed(b, valueStart, i));
      i += lineBreak(b, i);
    }
  }

  private static int token(byte[] b, int from, int end) {
    int i = from;
    while (i < end && HttpToken.fits(b[i])) {
      i++;
    }
    return i;
  }

  /** The index of the line break; what comes before must be fit for a value. */
  private static int lineEnd(byte[] b, int from, boolean strict) throws BadMessage {
    int i = from;
    while (true) {
      byte c = b[i];
      if ((c == '\n' && !strict) || (c == '\r' && b[i + 1] == '\n')) {
        return i;
      }
      boolean control = (c >= 0 && c < ' ' && c != '\t') || c == 127;
      if (control && (strict || c == 0 || c == '\r')) {
        throw new BadMessage("a header line holds a control character");
      }
      i++;
    }
  }

  private static int lineBreak(byte[] b, int at) {
    return b[at] == '\r' ? 2 : 1;
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\t';
  }

  private static int trimmed(byte[] b, int from, int to) {
    int end = to;
    while (end > from && isBlank(b[end - 1])) {
      end--;
    }
    return end;
  }
}
