package dev.weir.proxy.http;

import dev.weir.capture.Headers;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the body of a message ends (RFC 9112, sections 6 and 7). Looks at bytes that are passed on
 * as they are, chunk sizes and trailers included. Reused for message after message.
 */
final class Framing {
  /** Takes the data without its transfer coding. */
  interface Data {
    void take(ByteBuffer bytes, int from, int to);
  }

  static final int MAX_TRAILER = 16 << 10;
  private static final int MAX_EXTENSION = 4 << 10;
  private static final int MAX_SIZE_DIGITS = 15;

  private enum State {
    DONE,
    LENGTH,
    UNTIL_CLOSE,
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER
  }

  private State state = State.DONE;
  private long left;
  // digits of a size, bytes of an extension or of the trailer section
  private int line;
  private byte[] section = new byte[64];
  private Headers trailers = Headers.NONE;

  void none() {
    begin(State.DONE, 0);
  }

  void length(long length) {
    begin(length == 0 ? State.DONE : State.LENGTH, length);
  }

  void chunked() {
    begin(State.SIZE, 0);
  }

  void untilClose() {
    begin(State.UNTIL_CLOSE, 0);
  }

  private void begin(State first, long length) {
    state = first;
    left = length;
    line = 0;
    trailers = Headers.NONE;
  }

  boolean isDone() {
    return state == State.DONE;
  }

  boolean isUntilClose() {
    return state == State.UNTIL_CLOSE;
  }

  /** The sender has closed: right if that was to end the body. */
  boolean endOfStream() {
    if (state == State.UNTIL_CLOSE) {
      state = State.DONE;
    }
    return isDone();
  }

  /** The fields after a chunked body that is done. */
  Headers trailers() {
    return trailers;
  }

  /**
   * Looks at the bytes from {@code from} to before {@code to}.
   *
   * @return the index after the last one that belongs to this message
   */
  int scan(ByteBuffer in, int from, int to, @Nullable Data data) throws BadMessage {
    return switch (state) {
      case DONE -> from;
      case UNTIL_CLOSE -> {
        show(data, in, from, to);
        yield to;
      }
      case LENGTH -> {
        int end = scanData(in, from, to, data);
        state = left == 0 ? State.DONE : State.LENGTH;
        yield end;
      }
      default -> scanChunks(in, from, to, data);
    };
  }

  private int scanData(ByteBuffer in, int from, int to, @Nullable Data data) {
    int end = (int) Math.min(to, from + left);
    show(data, in, from, end);
    left -= end - from;
    return end;
  }

  private int scanChunks(ByteBuffer in, int from, int to, @Nullable Data data) throws BadMessage {
    int i = from;
    while (i < to && state != State.DONE) {
      if (state == State.DATA) {
        i = scanData(in, i, to, data);
        state = left == 0 ? State.DATA_CR : State.DATA;
      } else {
        step(in.get(i++));
      }
    }
    return i;
  }

  private void step(byte c) throws BadMessage {
    switch (state) {
      case SIZE -> size(c);
      case EXTENSION -> extension(c);
      case SIZE_LF -> {
        expect(c, '\n');
        line = 0;
        state = left == 0 ? State.TRAILER : State.DATA;
      }
      case DATA_CR -> {
        expect(c, '\r');
        state = State.DATA_LF;
      }
      case DATA_LF -> {
        expect(c, '\n');
        state = State.SIZE;
      }
      case TRAILER -> trailer(c);
      default -> throw new IllegalStateException("no chunks in " + state);
    }
  }

  private void extension(byte c) throws BadMessage {
    boolean control = c >= 0 && c < ' ' && c != '\t';
    if (c == '\r') {
      state = State.SIZE_LF;
    } else if (control || ++line > MAX_EXTENSION) {
      throw new BadMessage("a chunk extension that is too long or no text");
    }
  }

  private void size(byte c) throws BadMessage {
    int digit = Character.digit(c, 16);
    if (digit >= 0 && line < MAX_SIZE_DIGITS) {
      left = line == 0 ? digit : left * 16 + digit;
      line++;
    } else if (line > 0 && c == '\r') {
      state = State.SIZE_LF;
    } else if (line > 0 && c == ';') {
      state = State.EXTENSION;
    } else {
      throw new BadMessage("a chunk does not begin with its size");
    }
  }

  /** Collects the whole section, the empty line at its end included. */
  private void trailer(byte c) throws BadMessage {
    if (line == MAX_TRAILER) {
      throw new BadMessage(431, "a trailer of more than " + MAX_TRAILER + " bytes");
    }
    if (line == section.length) {
      section = Arrays.copyOf(section, 4 * line);
    }
    section[line++] = c;
    if (c != '\n') {
      return;
    }
    expect(line > 1 ? section[line - 2] : 0, '\r');
    if (line == 2 || section[line - 3] == '\n') {
      state = State.DONE;
      trailers = line == 2 ? Headers.NONE : HeadParser.trailers(section, line);
    }
  }

  private static void expect(byte c, char expected) throws BadMessage {
    if (c != expected) {
      throw new BadMessage("a chunk does not end with its line break");
    }
  }

  private static void show(@Nullable Data data, ByteBuffer in, int from, int to) {
    if (data != null && to > from) {
      data.take(in, from, to);
    }
  }
}
