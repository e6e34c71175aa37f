package dev.weir.player.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.Response;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseParserTest {
  @Test
  void readsABodyOfKnownLength() throws Exception {
    ResponseParser parser = whole("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");

    assertThat(body(parser)).isEqualTo("hello");
    assertThat(parser.isReusable()).isTrue();
  }

  @Test
  void readsChunksAndSkipsTrailers() throws Exception {
    String[] lines = {
      "HTTP/1.1 200 OK",
      "Transfer-Encoding: chunked",
      "",
      "5;x=1",
      "hello",
      "A",
      ", world\r\n!",
      "0",
      "X-T: 1",
      "",
      ""
    };
    ResponseParser parser = whole("GET", String.join("\r\n", lines));

    assertThat(body(parser)).isEqualTo("hello, world\r\n!");
    assertThat(parser.isReusable()).isTrue();
  }

  @Test
  void readsToTheEndOfTheConnectionWhereNothingElseIsSaid() throws Exception {
    ResponseParser parser = new ResponseParser("GET", Outcome.MAX_ANSWER);
    assertThat(feed(parser, "HTTP/1.0 200 OK\n\nhel")).isFalse();
    assertThat(feed(parser, "lo")).isFalse();
    parser.end();

    assertThat(body(parser)).isEqualTo("hello");
    assertThat(parser.isReusable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
        "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"
      })
  void knowsAnswersWithoutABody(String answer) throws Exception {
    assertThat(body(whole("GET", answer))).isEmpty();
  }

  @Test
  void knowsThatHeadHasNoBody() throws Exception {
    ResponseParser parser = whole("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");

    assertThat(parser.isReusable()).isTrue();
    assertThat(response(parser).headers().get("content-length")).isEqualTo("99");
  }

  @Test
  void skipsInterimAnswers() throws Exception {
    String[] lines = {
      "HTTP/1.1 100 Continue",
      "",
      "HTTP/1.1 103 Early Hints",
      "Link: x",
      "",
      "HTTP/1.1 201 Created",
      "Content-Length: 1",
      "",
      "!"
    };
    ResponseParser parser = whole("GET", String.join("\r\n", lines));

    assertThat(response(parser).status()).isEqualTo(201);
    assertThat(response(parser).headers().size()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 200 OK\r\nConnection: Close", "HTTP/1.0 200 OK\r\nX: y"})
  void doesNotReuseAConnectionThatTheSiteEnds(String head) throws Exception {
    ResponseParser parser = whole("GET", head + "\r\nContent-Length: 0\r\n\r\n");

    assertThat(parser.isReusable()).isFalse();
  }

  @Test
  void keepsTheBeginningAndCountsTheRest() throws Exception {
    ResponseParser parser =
        whole("GET", "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + "x".repeat(9000));

    assertThat(response(parser).body().size()).isEqualTo(Outcome.MAX_ANSWER);
    assertThat(response(parser).body().length()).isEqualTo(9000);
  }

  @Test
  void givesUpABodyThatIsTooLong() throws Exception {
    ResponseParser parser = new ResponseParser("GET", Outcome.MAX_ANSWER);
    feed(parser, "HTTP/1.1 200 OK\r\n\r\n");
    byte[] megabyte = new byte[1 << 20];
    int fed = 0;
    while (!parser.feed(ByteBuffer.wrap(megabyte))) {
      fed++;
    }

    assertThat(fed).isEqualTo(64);
    assertThat(parser.isReusable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0\r\n",
        "HTTP/2 200\r\n",
        "HTTP/1.1 20 OK\r\n",
        "HTTP/1.1 099 OK\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1,1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n"
      })
  void refusesWhatIsNoAnswer(String garbage) {
    assertThatThrownBy(() -> feed(new ResponseParser("GET", Outcome.MAX_ANSWER), garbage))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void boundsAHeadAndItsForerunners() {
    assertThatThrownBy(() -> feed(
            new ResponseParser("GET", Outcome.MAX_ANSWER),
            "HTTP/1.1 200 OK\r\nX: " + "x".repeat(70_000)))
        .hasMessageContaining("a head of more than");
    assertThatThrownBy(() -> feed(
            new ResponseParser("GET", Outcome.MAX_ANSWER),
            "HTTP/1.1 100 Continue\r\n\r\n".repeat(20)))
        .hasMessageContaining("interim");
  }

  @Test
  void tellsWhatIsMissingWhenTheConnectionEnds() throws Exception {
    ResponseParser nothing = new ResponseParser("GET", Outcome.MAX_ANSWER);
    assertThatThrownBy(nothing::end).hasMessage("the connection was closed without an answer");
    ResponseParser half = new ResponseParser("GET", Outcome.MAX_ANSWER);
    feed(half, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    assertThatThrownBy(half::end).hasMessage("the answer was cut short");
  }

  /** Byte by byte and all at once: both ways the answer must be whole at its last byte. */
  private static ResponseParser whole(String method, String answer) throws ProtocolException {
    ResponseParser slow = new ResponseParser(method, Outcome.MAX_ANSWER);
    for (int i = 0; i < answer.length(); i++) {
      assertThat(feed(slow, answer.substring(i, i + 1))).isEqualTo(i == answer.length() - 1);
    }
    ResponseParser fast = new ResponseParser(method, Outcome.MAX_ANSWER);
    ByteBuffer more = ByteBuffer.wrap((answer + "HTTP").getBytes(StandardCharsets.ISO_8859_1));
    assertThat(fast.feed(more)).isTrue();
    assertThat(more.remaining()).isEqualTo(4);
    assertThat(response(fast)).isEqualTo(response(slow));
    return slow;
  }

  private static boolean feed(ResponseParser parser, String bytes) throws ProtocolException {
    return parser.feed(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static Response response(ResponseParser parser) {
    return parser.response(Duration.ZERO);
  }

  private static String body(ResponseParser parser) {
    return new String(response(parser).body().bytes(), StandardCharsets.ISO_8859_1);
  }
}
