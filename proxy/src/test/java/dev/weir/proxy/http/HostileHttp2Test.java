package dev.weir.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.unit.Origin;
import dev.weir.wiretest.Wire;
import dev.weir.wiretest.WireService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * HTTP/2 that means harm: fields that would become something else in HTTP/1, and frames without
 * end. Whatever comes, the service sees no request that was not asked for, and the next client is
 * served.
 */
@Timeout(60)
class HostileHttp2Test {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RESET = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GO_AWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final String GET = "GET /good HTTP/1.1¶Host: a¶¶";
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";
  private static final String WHOLE = ":method=POST&:scheme=http&:path=/&:authority=a";

  private static final List<String> SERVED = new CopyOnWriteArrayList<>();
  private static WireService service;
  private static ReverseProxy proxy;

  @BeforeAll
  static void start() throws IOException {
    service = WireService.start(HostileHttp2Test::serve);
    Origin to = Origin.parse("http://127.0.0.1:" + service.address().getPort());
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    proxy = new ReverseProxy(
        new ReverseProxy.Setup(
            any, null, new ReverseProxy.Service(to, null, Forwarded.NONE, Silence.USUAL)),
        (head, peer) -> null);
    proxy.start();
  }

  private static void serve(Wire wire) throws IOException {
    while (true) {
      String head = wire.head();
      if (!head.startsWith("POST /reset ")) { // those may come late
        SERVED.add(head);
      }
      if (head.contains("content-length: 3")) {
        wire.read(3); // an answer before the body's end would be one to pass on
      }
      wire.send(OK);
    }
  }

  @AfterAll
  static void stop() throws IOException {
    proxy.close();
    service.close();
  }

  @BeforeEach
  void forget() {
    SERVED.clear();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        WHOLE + "&content-length=5",
        WHOLE + "&content-length=-5",
        WHOLE + "&content-length=+0",
        WHOLE + "&content-length=0&content-length=0",
        WHOLE + "&transfer-encoding=chunked",
        WHOLE + "&transfer-encoding: chunked=",
        WHOLE + "&x: y=z",
        WHOLE + "&x y=z",
        WHOLE + "&=z",
        WHOLE + "&connection=close",
        WHOLE + "&x=a\r\nevil: b",
        WHOLE + "&x=a\nevil: b",
        WHOLE + "&x=a\0b",
        WHOLE + "&x\r\nevil: b=a",
        WHOLE + "&x=a\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n",
        WHOLE + "&host=b&host=c&:path=/other",
        ":method=GET&:scheme=http&:path=/ HTTP/1.1&:authority=a",
        ":method=GET&:scheme=http&:path=/a b&:authority=a",
        ":method=GET&:scheme=http&:path=/\r\nevil: b&:authority=a",
        ":method=GET&:scheme=http&:path=&:authority=a",
        ":method=GET&:scheme=http&:authority=a",
        ":method=GET /smuggled HTTP/1.1\r\nx: &:scheme=http&:path=/&:authority=a",
        ":method=GET /smuggled HTTP/1.1&:scheme=http&:path=/&:authority=a",
        ":method=&:scheme=http&:path=/&:authority=a",
        ":method=CONNECT&:authority=a:443",
        ":scheme=http&:path=/&:authority=a",
        ":method=GET&:scheme=http&:path=/",
        ":method=GET&:scheme=http&:path=/&:authority=a\r\nevil: b",
      })
  void makesNoOtherRequestOfOddFields(String fields) throws Exception {
    try (Wire wire = connect()) {
      wire.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, packed(fields)));
      assertThat(isRefused(wire)).isTrue();
    }
    assertThat(SERVED).isEmpty();
    isWell();
  }

  @Test
  void takesAPrefaceAtTheBeginningAlone() throws Exception {
    try (Wire wire = Wire.to(proxy.address())) {
      wire.send("GET /good HTTP/1.1¶Host: a¶X: " + "x".repeat(40_000) + "¶¶");
      assertThat(wire.readAs(OK)).isEqualTo(OK);
      wire.send("PRI * HTTP/2.0¶¶SM¶¶" + "x".repeat(20_000));
      assertThat(wire.rest()).startsWith("HTTP/1.1 400 ");
    }
    isWell();
  }

  @Test
  void servesWhatIsWhole() throws Exception {
    try (Wire wire = connect()) {
      wire.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, packed(WHOLE + "&te=trailers")));
      assertThat(isRefused(wire)).isFalse();
    }
    assertThat(SERVED).containsExactly("POST / HTTP/1.1¶host: a¶te: trailers¶¶");
  }

  @Test
  void breaksOffABodyOfAnotherLength() throws Exception {
    for (String body : List.of("ab", "abcd")) {
      try (Wire wire = connect()) {
        wire.send(frame(HEADERS, END_HEADERS, 1, packed(WHOLE + "&content-length=3")));
        wire.send(frame(DATA, END_STREAM, 1, Wire.bytes(body)));
        assertThat(isRefused(wire)).as(body).isTrue();
      }
      isWell();
    }
    // the next request on any connection is one that was asked for
    assertThat(SERVED).allMatch(head -> head.equals(GET) || head.contains("content-length: 3"));
  }

  @Test
  void takesNoHeadWithoutEnd() throws Exception {
    try (Wire wire = connect()) {
      send(wire, frame(HEADERS, END_STREAM, 1, packed(WHOLE)));
      byte[] more = frame(CONTINUATION, 0, 1, packed("x=" + "y".repeat(10_000)));
      assertThat(sendUntilClosed(wire, more, 2_000)).as("20 MB of head").isTrue();
    }
    assertThat(SERVED).isEmpty();
    isWell();
  }

  @Test
  void sendsNoHalfHeadOn() throws Exception {
    try (Wire wire = connect()) {
      wire.send(frame(HEADERS, END_STREAM, 1, packed(WHOLE)));
      assertThat(isRefused(wire)).isTrue();
    }
    assertThat(SERVED).isEmpty();
  }

  @Test
  void unpacksNoBomb() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    bomb.writeBytes(packed(WHOLE));
    // into the table once, and out of it in one byte each
    bomb.write(0x40);
    text(bomb, "x-bomb");
    text(bomb, "y".repeat(3_900));
    for (int i = 0; i < 10_000; i++) {
      bomb.write(0x80 | 62);
    }
    try (Wire wire = connect()) {
      wire.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, bomb.toByteArray()));
      assertThat(isRefused(wire)).isTrue();
    }
    assertThat(SERVED).isEmpty();
    isWell();
  }

  @Test
  void keepsNoStoreOfAnswersToPingsThatNobodyReads() throws Exception {
    try (Wire wire = connect()) {
      byte[] many = repeated(frame(PING, 0, 0, new byte[8]), 1_000);
      flood(wire, many);
      isWell();
    }
    try (Wire wire = connect()) {
      flood(wire, repeated(frame(SETTINGS, 0, 0, new byte[0]), 1_000));
      isWell();
    }
  }

  @Test
  void endsAConnectionOfNothingButResets() throws Exception {
    try (Wire wire = connect()) {
      boolean ended = false;
      for (int stream = 1; stream < 20_000 && !ended; stream += 2) {
        ended = !send(
                wire,
                frame(
                    HEADERS,
                    END_STREAM | END_HEADERS,
                    stream,
                    packed(WHOLE.replace("/", "/reset"))))
            || !send(wire, frame(RESET, 0, stream, new byte[] {0, 0, 0, 8}));
      }
      assertThat(ended || isEnded(wire)).isTrue();
    }
    isWell();
  }

  private static void isWell() throws IOException {
    try (Wire client = Wire.to(proxy.address())) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.send(GET).readAs(OK)).isEqualTo(OK);
      }
    }
    SERVED.removeIf(GET::equals);
  }

  private static Wire connect() throws IOException {
    Wire wire = Wire.to(proxy.address());
    wire.send("PRI * HTTP/2.0¶¶SM¶¶");
    wire.send(frame(SETTINGS, 0, 0, new byte[0]));
    return wire;
  }

  /** Whether stream 1 gets a reset or an error, or the connection its end, rather than 200. */
  private static boolean isRefused(Wire wire) throws IOException {
    try {
      while (true) {
        byte[] head = wire.readBytes(9);
        int length = ((head[0] & 0xff) << 16) | ((head[1] & 0xff) << 8) | (head[2] & 0xff);
        byte[] content = wire.readBytes(length);
        if (head[3] == HEADERS) {
          return (content[0] & 0xff) != (0x80 | 8) && !Wire.text(content).contains("200");
        }
        if (head[3] == RESET || head[3] == GO_AWAY) {
          return true;
        }
      }
    } catch (SocketTimeoutException silence) {
      return false;
    } catch (IOException closed) {
      return true;
    }
  }

  /** Five times a second's worth of a fast line, or as much as is taken. */
  private static void flood(Wire wire, byte[] bytes) throws IOException {
    for (int i = 0; i < 200 && send(wire, bytes); i++) {}
  }

  private static boolean isEnded(Wire wire) throws IOException {
    try {
      byte[] head;
      do {
        head = wire.readBytes(9);
        wire.readBytes(((head[0] & 0xff) << 16) | ((head[1] & 0xff) << 8) | (head[2] & 0xff));
      } while (head[3] != GO_AWAY);
      return true;
    } catch (SocketTimeoutException silence) {
      return false;
    } catch (IOException closed) {
      return true;
    }
  }

  private static boolean sendUntilClosed(Wire wire, byte[] bytes, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      if (!send(wire, bytes)) {
        return true;
      }
    }
    return isRefused(wire);
  }

  /** Whether it went; whoever does not read may find the way blocked, and leaves then. */
  private static boolean send(Wire wire, byte[] bytes) throws IOException {
    try {
      wire.send(bytes);
      return true;
    } catch (SocketException closed) {
      return false;
    }
  }

  private static byte[] frame(int type, int flags, int stream, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(content.length >> 16);
    out.write(content.length >> 8);
    out.write(content.length);
    out.write(type);
    out.write(flags);
    out.write(stream >> 24);
    out.write(stream >> 16);
    out.write(stream >> 8);
    out.write(stream);
    out.writeBytes(content);
    return out.toByteArray();
  }

  /** Fields as literals that go into no table (RFC 7541, section 6.2.2). */
  private static byte[] packed(String fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String field : fields.split("&", -1)) {
      int equals = field.indexOf('=');
      out.write(0);
      text(out, field.substring(0, equals));
      text(out, field.substring(equals + 1));
    }
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    int length = text.length();
    if (length < 127) {
      out.write(length);
    } else {
      out.write(127);
      for (length -= 127; length >= 128; length >>= 7) {
        out.write((length & 127) | 128);
      }
      out.write(length);
    }
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static byte[] repeated(byte[] bytes, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }
}
