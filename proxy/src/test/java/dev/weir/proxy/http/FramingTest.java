package dev.weir.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FramingTest {
  private static final String CHUNKED =
      "5;a=\"b\"\r\nhello\r\n0a\r\n0123456789\r\n00;x\r\nSum: 1\r\nsum:2\r\n\r\n";
  private static final String NEXT = "GET / HTTP/1.1\r\n";

  private final Framing framing = new Framing();
  private final StringBuilder data = new StringBuilder();

  @Test
  void findsTheEndOfChunksHoweverTheyArrive() throws Exception {
    for (int first = 0; first <= CHUNKED.length(); first++) {
      for (int second = first; second <= CHUNKED.length(); second++) {
        framing.chunked();
        data.setLength(0);
        assertThat(scan(CHUNKED.substring(0, first))).isEqualTo(first);
        assertThat(scan(CHUNKED.substring(first, second))).isEqualTo(second - first);
        String last = CHUNKED.substring(second);
        assertThat(scan(last + NEXT)).isEqualTo(last.length());
        assertThat(framing.isDone()).isTrue();
        assertThat(data).hasToString("hello0123456789");
        assertThat(framing.trailers()).isEqualTo(Headers.of("Sum", "1", "sum", "2"));
      }
    }
  }

  @Test
  void takesAsManyBytesAsTheLengthSays() throws Exception {
    framing.length(7);
    assertThat(scan("abc")).isEqualTo(3);
    assertThat(framing.isDone()).isFalse();
    assertThat(scan("defgGET")).isEqualTo(4);
    assertThat(framing.isDone()).isTrue();
    assertThat(framing.endOfStream()).isTrue();
    assertThat(scan("more")).isZero();
    assertThat(data).hasToString("abcdefg");
  }

  @Test
  void isWrongToEndBeforeTheLengthOrTheLastChunk() throws Exception {
    framing.length(7);
    scan("abc");
    assertThat(framing.endOfStream()).isFalse();
    framing.chunked();
    scan("3\r\nabc\r\n");
    assertThat(framing.endOfStream()).isFalse();
    framing.untilClose();
    scan("abc");
    assertThat(framing.endOfStream()).isTrue();
  }

  @Test
  void boundsWhatStandsBetweenTheData() {
    framing.chunked();
    assertThatThrownBy(() -> scan("5;" + "x".repeat(5000))).isInstanceOf(BadMessage.class);
    framing.chunked();
    assertThatThrownBy(() -> scan("0\r\n" + "A: b\r\n".repeat(4000)))
        .isInstanceOf(BadMessage.class);
  }

  private int scan(String text) throws BadMessage {
    ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    return framing.scan(buffer, 0, buffer.limit(), this::take);
  }

  private void take(ByteBuffer bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      data.append((char) bytes.get(i));
    }
  }
}
