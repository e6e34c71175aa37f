package dev.weir.player.target;

import dev.weir.capture.Body;
import dev.weir.capture.Headers;
import dev.weir.capture.Headers.Field;
import dev.weir.capture.Response;
import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one answer (RFC 9112) as its bytes come. Of the body it keeps the beginning and counts the
 * rest.
 */
final class ResponseParser {
  private static final int MAX_HEAD = 64 << 10;
  private static final int MAX_INTERIM = 16;
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.\\d [1-9]\\d\\d( |$)");

  /** A longer body is not read to its end: the connection is given up instead. */
  static final long MAX_BODY = 64 << 20;

  private enum State {
    STATUS_LINE,
    FIELDS,
    LENGTH,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILERS,
    TO_END,
    WHOLE
  }

  private final String method;
  private final int most;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(128);
  private final List<Field> fields = new ArrayList<>();
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private State state = State.STATUS_LINE;
  private int headSize;
  private int interim;
  private String version = "";
  private int status;
  private Headers headers = Headers.NONE;
  private long left;
  private long length;
  private boolean persistent;

  /**
   * @param method of the request: it decides whether the answer has a body
   * @param most how many bytes of the body to keep
   */
  ResponseParser(String method, int most) {
    this.method = method;
    this.most = most;
  }

  /** Takes bytes, as many as belong to the answer. @return whether it is whole */
  boolean feed(ByteBuffer in) throws ProtocolException {
    while (state != State.WHOLE) {
      boolean hungry = switch (state) {
        case LENGTH, CHUNK, TO_END -> !readBody(in);
        default -> !readLine(in);
      };
      if (hungry) {
        return false;
      }
    }
    return true;
  }

  /** The connection has ended. @throws ProtocolException if the answer has not */
  void end() throws ProtocolException {
    if (state == State.TO_END) {
      state = State.WHOLE;
    }
    if (state != State.WHOLE) {
      throw new ProtocolException(
          hasHead() ? "the answer was cut short" : "the connection was closed without an answer");
    }
  }

  boolean hasBegun() {
    return state != State.STATUS_LINE || headSize > 0 || interim > 0;
  }

  boolean hasHead() {
    return state.compareTo(State.FIELDS) > 0;
  }

  /** Whether the connection can carry another request after this whole answer. */
  boolean isReusable() {
    return state == State.WHOLE && persistent;
  }

  /** The answer as far as it is here; its head must be. */
  Response response(Duration took) {
    byte[] beginning = kept.toByteArray();
    Body body = length > beginning.length ? Body.truncated(beginning, length) : Body.of(beginning);
    return new Response(status, version, headers, body, Headers.NONE, took);
  }

  private boolean readLine(ByteBuffer in) throws ProtocolException {
    String text = line(in);
    if (text == null) {
      return false;
    }
    switch (state) {
      case STATUS_LINE -> statusLine(text);
      case FIELDS -> {
        if (text.isEmpty()) {
          endOfHead();
        } else {
          field(text);
        }
      }
      case CHUNK_SIZE -> chunkSize(text);
      case CHUNK_END -> {
        if (!text.isEmpty()) {
          throw new ProtocolException("a chunk is longer than it says");
        }
        state = State.CHUNK_SIZE;
      }
      default -> { // trailers
        if (text.isEmpty()) {
          state = State.WHOLE;
        }
      }
    }
    return true;
  }

  private void statusLine(String text) throws ProtocolException {
    // HTTP-version SP status-code SP [ reason-phrase ]
    if (!STATUS_LINE.matcher(text).lookingAt()) {
      throw new ProtocolException("not an HTTP/1 answer: \"" + shortened(text) + "\"");
    }
    version = text.substring(0, 8);
    status = Integer.parseInt(text.substring(9, 12));
    state = State.FIELDS;
  }

  private void field(String text) throws ProtocolException {
    if (!fields.isEmpty() && (text.startsWith(" ") || text.startsWith("\t"))) {
      Field folded = fields.remove(fields.size() - 1); // RFC 9112, section 5.2
      fields.add(new Field(folded.name(), (folded.value() + " " + text.strip()).strip()));
      return;
    }
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new ProtocolException("not a field: \"" + shortened(text) + "\"");
    }
    fields.add(new Field(text.substring(0, colon), text.substring(colon + 1).strip()));
  }

  private void endOfHead() throws ProtocolException {
    headers = Headers.of(fields);
    fields.clear();
    headSize = 0;
    if (status == 101) {
      throw new ProtocolException("it switched protocols without having been asked to");
    }
    if (status < 200) {
      if (++interim > MAX_INTERIM) {
        throw new ProtocolException("more than " + MAX_INTERIM + " interim answers");
      }
      state = State.STATUS_LINE;
      return;
    }
    beginBody();
  }

  /** RFC 9112, section 6.3. */
  private void beginBody() throws ProtocolException {
    String connection = String.join(",", headers.all("Connection")).toLowerCase(Locale.ROOT);
    persistent = version.equals("HTTP/1.0")
        ? connection.contains("keep-alive")
        : !connection.contains("close");
    List<String> codings = headers.all("Transfer-Encoding");
    String coding = codings.isEmpty() ? null : String.join(",", codings);
    String announced = headers.get("Content-Length");
    if (method.equals("HEAD") || status == 204 || status == 304) {
      state = State.WHOLE;
    } else if (coding != null && isChunked(coding)) {
      state = State.CHUNK_SIZE;
    } else if (coding == null && announced != null) {
      if (headers.all("Content-Length").stream().distinct().count() > 1) {
        throw new ProtocolException("two lengths that differ");
      }
      left = number(announced, 10);
      state = left == 0 ? State.WHOLE : State.LENGTH;
    } else {
      persistent = false;
      left = Long.MAX_VALUE;
      state = State.TO_END;
    }
  }

  /** Whether that is the coding put on last. */
  private static boolean isChunked(String codings) {
    String last = codings.substring(codings.lastIndexOf(',') + 1);
    return last.strip().equalsIgnoreCase("chunked");
  }

  private void chunkSize(String text) throws ProtocolException {
    headSize = 0;
    int extension = text.indexOf(';');
    left = number(extension < 0 ? text : text.substring(0, extension), 16);
    state = left == 0 ? State.TRAILERS : State.CHUNK;
  }

  /** @return whether the part of the body that the state stands for is over */
  private boolean readBody(ByteBuffer in) {
    int taken = (int) Math.min(left, in.remaining());
    int room = Math.min(taken, most - kept.size());
    if (room > 0) {
      byte[] some = new byte[room];
      in.get(in.position(), some);
      kept.writeBytes(some);
    }
    in.position(in.position() + taken);
    length += taken;
    left -= taken;
    if (length > MAX_BODY) {
      persistent = false;
      state = State.WHOLE;
      return true;
    }
    if (left > 0) {
      return false;
    }
    state = state == State.CHUNK ? State.CHUNK_END : State.WHOLE;
    return true;
  }

  /** The next line without its break, which may be a bare LF; null where it is not here yet. */
  private @Nullable String line(ByteBuffer in) throws ProtocolException {
    int from = in.position();
    int lf = from;
    while (lf < in.limit() && in.get(lf) != '\n') {
      lf++;
    }
    headSize += lf - from;
    if (headSize > MAX_HEAD) {
      throw new ProtocolException("a head of more than " + MAX_HEAD + " bytes");
    }
    byte[] part = new byte[lf - from];
    in.get(part);
    line.writeBytes(part);
    if (!in.hasRemaining()) {
      return null;
    }
    in.get();
    String text = line.toString(StandardCharsets.ISO_8859_1);
    line.reset();
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  private static long number(String text, int radix) throws ProtocolException {
    String digits = text.strip();
    try {
      if (!digits.startsWith("+") && !digits.startsWith("-")) {
        return Long.parseLong(digits, radix);
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new ProtocolException("\"" + shortened(text) + "\" is not a length");
  }

  private static String shortened(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
