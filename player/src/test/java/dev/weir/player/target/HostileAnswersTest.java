package dev.weir.player.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.fuzz.Fuzz;
import dev.weir.wiretest.Wire;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Answers of a site that means harm, or has lost its mind: bounded, and never taken for another.
 */
class HostileAnswersTest {
  private static final String OK = "HTTP/1.1 200 OK¶";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2¶",
        "HTTP/2.0 200 OK¶¶",
        "HTTP/1.1 2000 OK¶¶",
        "HTTP/1.1 099 OK¶¶",
        "HTTP/1.1 +20 OK¶¶",
        "¶",
        OK + "no colon¶¶",
        OK + ": a¶¶",
        OK + "Content-Length: -4¶¶",
        OK + "Content-Length: +4¶¶",
        OK + "Content-Length: 4, 4¶¶",
        OK + "Content-Length: 4¶Content-Length: 5¶¶",
        OK + "Content-Length: 99999999999999999999¶¶",
        OK + "Content-Length:¶¶",
        OK + "Transfer-Encoding: chunked¶¶nonsense¶",
        OK + "Transfer-Encoding: chunked¶¶-4¶",
        OK + "Transfer-Encoding: chunked¶¶0x4¶",
        OK + "Transfer-Encoding: chunked¶¶ffffffffffffffffff¶",
        OK + "Transfer-Encoding: chunked¶¶4¶evil0¶¶",
        OK + "Transfer-Encoding: chunked¶¶¶",
        "HTTP/1.1 101 Switching Protocols¶¶",
      })
  void areRefused(String answer) {
    assertThatThrownBy(() ->
            new ResponseParser("GET", Outcome.MAX_ANSWER).feed(ByteBuffer.wrap(Wire.bytes(answer))))
        .isInstanceOf(ProtocolException.class)
        .hasMessageNotContaining("x".repeat(200));
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 200 OOOOOOOO, ",
    "HTTP/1.1 200 OK¶X: a, xxxxxxxxxx",
    "HTTP/1.1 200 OK¶, A: b¶",
    "HTTP/1.1 200 OK¶A: b¶, ' c¶'",
    "'', HTTP/1.1 100 Continue¶¶",
    "HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶4;, xxxxxxxxxx",
    "HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶0¶, A: b¶",
  })
  void endWhereTheyHaveNoEnd(String begin, String more) {
    ResponseParser parser = new ResponseParser("GET", Outcome.MAX_ANSWER);
    byte[] again = Wire.bytes(more == null ? begin : more);
    assertThatThrownBy(() -> {
          parser.feed(ByteBuffer.wrap(Wire.bytes(begin)));
          for (int i = 0; i < 100_000; i++) {
            parser.feed(ByteBuffer.wrap(again));
          }
        })
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void takeNoMoreMemoryThanIsKept() throws Exception {
    ResponseParser parser = new ResponseParser("GET", Outcome.MAX_ANSWER);
    parser.feed(ByteBuffer.wrap(Wire.bytes(OK + "Content-Length: 9223372036854775807¶¶")));
    byte[] part = new byte[1 << 20];
    int fed = 0;
    while (!parser.feed(ByteBuffer.wrap(part))) {
      fed++;
      assertThat(fed).isLessThan(100);
    }
    assertThat(parser.isReusable()).isFalse();
    assertThat(parser.response(Duration.ZERO).body().size()).isEqualTo(Outcome.MAX_ANSWER);
  }

  @Test
  void readAFoldedLineAsOne() throws Exception {
    ResponseParser parser = new ResponseParser("GET", Outcome.MAX_ANSWER);
    parser.feed(ByteBuffer.wrap(Wire.bytes(OK + "X: a¶\t b¶Content-Length: 0¶¶")));
    assertThat(parser.response(Duration.ZERO).headers().get("X")).isEqualTo("a b");
  }

  @Test
  void leaveWhatIsBehindThemAlone() throws Exception {
    ByteBuffer two = ByteBuffer.wrap(Wire.bytes(OK + "Content-Length: 2¶¶ok" + OK + "¶evil"));
    assertThat(new ResponseParser("GET", Outcome.MAX_ANSWER).feed(two)).isTrue();
    assertThat(two.remaining()).as("the connection is not used again").isPositive();
  }

  @Test
  void changedAtRandomAreTakenOrRefused() throws Exception {
    List<byte[]> answers = List.of(
        Wire.bytes(OK + "Content-Length: 5¶X: y¶¶hello"),
        Wire.bytes(
            "HTTP/1.1 100 Continue¶¶" + OK + "Transfer-Encoding: chunked¶¶5;a=b¶hello¶0¶A: b¶¶"),
        Wire.bytes("HTTP/1.0 404 Not Found¶Connection: keep-alive¶¶gone"));
    Fuzz.of("ResponseParser", answers, ProtocolException.class).run(bytes -> {
      ResponseParser whole = new ResponseParser("GET", Outcome.MAX_ANSWER);
      boolean over = whole.feed(ByteBuffer.wrap(bytes));
      ResponseParser pieces = new ResponseParser("GET", Outcome.MAX_ANSWER);
      boolean same = false;
      for (int i = 0; i < bytes.length && !same; i++) {
        same = pieces.feed(ByteBuffer.wrap(bytes, i, 1));
      }
      assertThat(same).isEqualTo(over);
      assertThat(pieces.hasHead()).isEqualTo(whole.hasHead());
      if (whole.hasHead()) {
        assertThat(pieces.response(Duration.ZERO)).isEqualTo(whole.response(Duration.ZERO));
      }
    });
  }
}
