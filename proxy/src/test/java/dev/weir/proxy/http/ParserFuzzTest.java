package dev.weir.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Client;
import dev.weir.fuzz.Fuzz;
import dev.weir.wiretest.Wire;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Heads and chunks, changed at random: refused, or the same to us and to whoever is next. */
class ParserFuzzTest {
  private static final Peer PEER = new Peer(new Client("10.0.0.1", 1), "http", 1);

  private static final List<byte[]> REQUESTS = List.of(
      Wire.bytes("GET /a?b HTTP/1.1¶Host: a¶Connection: close, X¶X: y¶X-Forwarded-For: b¶¶"),
      Wire.bytes("POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶TE: trailers¶¶"),
      Wire.bytes("PUT / HTTP/1.0¶Content-Length: 12¶Connection: keep-alive¶Expect: x¶¶"),
      Wire.bytes("GET / HTTP/1.1¶Host: a¶Connection: Upgrade¶Upgrade: websocket¶¶"));

  private static final List<byte[]> ANSWERS = List.of(
      Wire.bytes("HTTP/1.1 200 OK¶Content-Length: 5¶Connection: x¶X: y¶¶"),
      Wire.bytes("HTTP/1.1 200 OK\nA: b\n\tc\nTransfer-Encoding: gzip, chunked\n\n"),
      Wire.bytes("HTTP/1.0 304 Not Modified¶Keep-Alive: 5¶¶"));

  @Test
  void sendsOnOnlyWhatReadsAsTheSameRequest() throws Exception {
    Fuzz.of("HeadParser.request", REQUESTS, BadMessage.class).run(bytes -> {
      Head head = request(ByteBuffer.wrap(bytes));
      if (head == null) {
        return;
      }
      ByteBuffer out = ByteBuffer.allocate(Onward.room(head));
      Onward.request(head, Hop.of(head), false, Forwarded.X_FORWARDED, PEER, out);
      Head next = request(out.flip());
      assertThat(next).as("it is a head").isNotNull();
      assertThat(next.length).as("and nothing else").isEqualTo(out.limit());
      assertThat(next.target()).isEqualTo(head.target());
      for (String field : List.of("Host", "Content-Length", "Transfer-Encoding")) {
        assertThat(next.values(field)).isEqualTo(head.values(field));
      }
      assertThat(next.values("X-Forwarded-For")).last().asString().endsWith("10.0.0.1");
    });
  }

  private static Head request(ByteBuffer in) throws BadMessage {
    int end = HeadParser.end(in, 0, 0, true);
    if (end < 0) {
      return null;
    }
    Head head = new Head();
    head.load(in, 0, end);
    HeadParser.request(head);
    Requests.frame(head, new Framing());
    return head;
  }

  @Test
  void sendsOnOnlyWhatReadsAsTheSameAnswer() throws Exception {
    Fuzz.of("HeadParser.response", ANSWERS, BadMessage.class).run(bytes -> {
      Head head = answer(ByteBuffer.wrap(bytes));
      if (head == null) {
        return;
      }
      ByteBuffer out = ByteBuffer.allocate(Onward.room(head));
      Onward.response(head, Hop.of(head), true, false, out);
      Head next = answer(out.flip());
      assertThat(next).as("it is a head").isNotNull();
      assertThat(next.length).as("and nothing else").isEqualTo(out.limit());
      assertThat(next.status()).isEqualTo(head.status());
      assertThat(next.values("Transfer-Encoding")).isEqualTo(head.values("Transfer-Encoding"));
    });
  }

  private static Head answer(ByteBuffer in) throws BadMessage {
    int end = HeadParser.end(in, 0, 0, false);
    if (end < 0) {
      return null;
    }
    Head head = new Head();
    head.load(in, 0, end);
    HeadParser.response(head);
    Responses.frame(head, false, new Framing());
    return head;
  }

  @Test
  void findsTheSameChunksHoweverTheyCome() throws Exception {
    List<byte[]> bodies =
        List.of(Wire.bytes("5;a=\"b\"¶hello¶0a¶0123456789¶00;x¶Sum: 1¶sum:2¶¶"), Wire.bytes("0¶¶"));
    Fuzz.of("Framing", bodies, BadMessage.class).run(bytes -> {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      ByteArrayOutputStream pieces = new ByteArrayOutputStream();
      Framing one = new Framing();
      one.chunked();
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int end =
          one.scan(in, 0, bytes.length, (b, from, to) -> whole.write(b.array(), from, to - from));
      Framing other = new Framing();
      other.chunked();
      int at = 0;
      while (at < bytes.length && !other.isDone()) {
        at = other.scan(in, at, at + 1, (b, from, to) -> pieces.write(b.array(), from, to - from));
      }
      assertThat(at).isEqualTo(end);
      assertThat(other.isDone()).isEqualTo(one.isDone());
      assertThat(pieces.toByteArray()).isEqualTo(whole.toByteArray());
      assertThat(other.trailers()).isEqualTo(one.trailers());
    });
  }
}
