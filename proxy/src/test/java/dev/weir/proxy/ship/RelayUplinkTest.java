package dev.weir.proxy.ship;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.RunId;
import dev.weir.config.RelayConnection;
import dev.weir.config.Secret;
import dev.weir.http.RelayClient;
import dev.weir.ledger.LossReason;
import dev.weir.proxy.ship.Uplink.Attempt;
import dev.weir.proxy.ship.Uplink.Delivery;
import dev.weir.proxy.ship.Uplink.Shipment;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import dev.weir.unit.Origin;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class RelayUplinkTest {
  private static final RunId RUN = new RunId("0123456789abcdef0123456789abcdef");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  /** Numbers 5 to 9. */
  private static final Shipment SHIPMENT = new Shipment(
      new BucketName("orders"),
      RUN,
      4,
      List.<Entry>of(
          new Frame(5, "five".getBytes(UTF_8)),
          new Gap(6, 8, LossReason.EVICTED),
          new Frame(9, new byte[0])));

  private final MockWebServer relay = new MockWebServer();
  private RelayClient client;
  private RelayUplink uplink;

  @BeforeEach
  void open() throws IOException {
    relay.start();
    client = RelayClient.open(new RelayConnection(
        new Origin("http", "127.0.0.1", relay.getPort()), new Secret("t0ken"), null));
    uplink = new RelayUplink(client, "caf\u00e9 + 1\n", () -> NOW);
  }

  @AfterEach
  void close() {
    client.close();
    relay.close();
  }

  @Test
  void sendsOneBatchAsTheProtocolSays() throws Exception {
    answer(200, "{\"storedThrough\":9,\"duplicates\":0,\"bucket\":{\"bytes\":1,\"limit\":2}}");
    Attempt attempt = uplink.send(SHIPMENT, PATIENCE);

    RecordedRequest call = relay.takeRequest();
    assertThat(call.getRequestLine()).isEqualTo("POST /v1/buckets/orders/captures HTTP/1.1");
    assertThat(call.getHeaders().get("Authorization")).isEqualTo("Bearer t0ken");
    assertThat(call.getHeaders().get("Content-Type")).isEqualTo("application/cbor-seq");
    assertThat(call.getHeaders().get("Content-Encoding")).isEqualTo("zstd");
    assertThat(call.getHeaders().get("Weir-Run")).isEqualTo(RUN.value());
    assertThat(call.getHeaders().get("Weir-Proxy")).isEqualTo("caf%C3%A9%20%2B%201%0A");
    assertThat(call.getHeaders().get("Weir-Acked")).isEqualTo("4");
    byte[] body = call.getBody().toByteArray();
    assertThat(Zstd.decompress(body, ByteSize.ofMegabytes(1)))
        .isEqualTo(BatchCodec.encodeShipped(SHIPMENT.entries()));
    assertThat(attempt).isEqualTo(new Attempt(new Delivery.Stored(9, Duration.ZERO), body.length));
  }

  @ParameterizedTest
  @CsvSource({"null, 0", "0, 0", "1500, 1500", "-5, 0", "99999999999, 600000"})
  void passesOnThePauseThatTheRelayAsksFor(String pauseMs, long expected) throws Exception {
    answer(200, "{\"storedThrough\":9,\"pauseMs\":" + pauseMs + "}");

    assertThat(deliver()).isEqualTo(new Delivery.Stored(9, Duration.ofMillis(expected)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>welcome</html>",
        "null",
        "[]",
        "{\"storedThrough\":\"x\"}",
        "{\"storedThrough\":1e999}",
        "{\"storedThrough\":9",
        "{}",
        "{\"storedThrough\":4}",
        "{\"storedThrough\":-1}"
      })
  void believesNothingLessThanAPartOfTheBatch(String body) throws Exception {
    answer(200, body);

    assertThat(deliver()).isInstanceOf(Delivery.Failed.class);
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "7, 7", "8, 8", "9, 9", "10, 9"})
  void hearsHowFarTheRelayHasIt(long said, long through) throws Exception {
    answer(200, "{\"storedThrough\":" + said + "}");

    assertThat(deliver()).isEqualTo(new Delivery.Stored(through, Duration.ZERO));
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 7, 9})
  void hasOneCaptureRejected(long seq) throws Exception {
    answer(422, "{\"error\":\"no\\nsense\",\"seq\":" + seq + "}");

    assertThat(deliver()).isEqualTo(new Delivery.Rejected(seq, "no sense"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":\"no\"}",
        "{\"error\":\"no\",\"seq\":4}",
        "{\"error\":\"no\",\"seq\":10}",
        "<html>unprocessable</html>"
      })
  void takesA422ThatNamesNoneOfItsCapturesForAFailure(String body) throws Exception {
    answer(422, body);

    assertThat(deliver()).isInstanceOf(Delivery.Failed.class);
  }

  @Test
  void hearsThatABatchIsTooLarge() throws Exception {
    answer(413, "<html>nginx</html>");

    assertThat(deliver()).isEqualTo(new Delivery.TooLarge("answered 413"));
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 202, 204, 301, 302, 400, 401, 403, 404, 409, 429, 500, 502, 503, 507})
  void keepsTheBatchAtEveryOtherAnswer(int status) throws Exception {
    relay.enqueue(new MockResponse.Builder()
        .code(status)
        .addHeader("Location", relay.url("/elsewhere"))
        .body(status == 204 ? "" : "{\"error\":\"because\"}")
        .build());

    assertThat(deliver())
        .isEqualTo(
            new Delivery.Failed(status == 204 ? "answered 204" : status + ": because", null));
    assertThat(relay.getRequestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "7, PT7S",
    "0, PT0S",
    "999999, PT10M",
    "'Fri, 02 Jan 2026 03:05:05 GMT', PT1M",
    "'Fri, 02 Jan 2026 03:00:00 GMT', PT0S",
    "soon, ",
    "-1, ",
  })
  void obeysRetryAfter(String value, Duration expected) throws Exception {
    relay.enqueue(new MockResponse.Builder()
        .code(503)
        .addHeader("Retry-After", value)
        .body("{\"error\":\"busy\"}")
        .build());

    assertThat(deliver()).isEqualTo(new Delivery.Failed("503: busy", expected));
  }

  @Test
  void cutsAndCleansWhatOthersSay() throws Exception {
    answer(500, "{\"error\":\"\\u001b[31m" + "x".repeat(10_000) + "\"}");

    assertThat(deliver()).isInstanceOfSatisfying(Delivery.Failed.class, failed -> {
      assertThat(failed.reason()).hasSizeLessThan(250).doesNotContain("\u001b");
    });
  }

  @Test
  void takesAHugeAnswerForNone() throws Exception {
    answer(200, "{\"storedThrough\":9,\"x\":\"" + "x".repeat(70_000) + "\"}");

    assertThat(deliver()).isInstanceOf(Delivery.Failed.class);
  }

  @Test
  void waitsNoLongerThanItMay() throws Exception {
    relay.enqueue(new MockResponse.Builder().headersDelay(60, TimeUnit.SECONDS).build());
    long began = System.nanoTime();
    Attempt attempt = uplink.send(SHIPMENT, Duration.ofMillis(200));

    assertThat(attempt.delivery()).isInstanceOf(Delivery.Failed.class);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void keepsTheBatchWhenTheAnswerIsCutOff() throws Exception {
    relay.enqueue(new MockResponse.Builder()
        .body("{\"storedThrough\":9,\"duplicates\":0}")
        .onResponseBody(SocketEffect.ShutdownConnection.INSTANCE)
        .build());

    assertThat(deliver()).isInstanceOf(Delivery.Failed.class);
  }

  @Test
  void keepsTheBatchWhenNobodyIsThere() throws Exception {
    relay.close();
    Attempt attempt = uplink.send(SHIPMENT, PATIENCE);

    assertThat(attempt.wireBytes()).isZero();
    assertThat(attempt.delivery()).isInstanceOfSatisfying(Delivery.Failed.class, failed -> {
      assertThat(failed.reason()).startsWith("relay unreachable: ");
      assertThat(failed.after()).isNull();
    });
  }

  @Test
  void endsTheCallWhenInterrupted() throws Exception {
    relay.enqueue(new MockResponse.Builder().headersDelay(60, TimeUnit.SECONDS).build());
    Thread.currentThread().interrupt();
    boolean interrupted = false;
    try {
      uplink.send(SHIPMENT, PATIENCE);
    } catch (InterruptedException e) {
      interrupted = true;
    }

    assertThat(interrupted).isTrue();
  }

  private void answer(int status, String body) {
    relay.enqueue(new MockResponse.Builder().code(status).body(body).build());
  }

  private Delivery deliver() throws InterruptedException {
    return uplink.send(SHIPMENT, PATIENCE).delivery();
  }
}
