package dev.weir.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Json;
import dev.weir.wire.LeaseRequest;
import dev.weir.wire.Protocol;
import dev.weir.wire.Settlement;
import dev.weir.wire.Zstd;
import dev.weir.wiretest.HugeBody;
import dev.weir.wiretest.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that are meant to hurt a relay: each gets its status, and the ledger still balances. */
@Timeout(60)
class HostileCallsTest {
  private static final long MAX_NUMBER = 1L << 52;
  private static final long MAX_BODY = 16 << 20;

  @TempDir
  private static Path data;

  private static TestRelay relay;

  @BeforeAll
  static void start() {
    relay = TestRelay.start(data);
  }

  @AfterAll
  static void stop() {
    relay.close();
  }

  /**
   * A batch.
   *
   * @param status what it gets
   */
  private record Batch(String name, int status, String encoding, long acked, byte[] body) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Batch> batches() throws IOException {
    byte[] small = BatchCodec.encodeShipped(TestRelay.batch(1, "a"));
    return List.of(
        new Batch("gzip bomb", 415, "gzip", 0, gzip(new byte[50 << 20])),
        new Batch("zstd bomb", 413, "zstd", 0, Zstd.compress(new byte[33 << 20])),
        new Batch("zstd bomb below the limit", 400, "zstd", 0, Zstd.compress(new byte[32 << 20])),
        new Batch("zstd frame that lies about its size", 400, "zstd", 0, lying(small)),
        new Batch("zstd twice", 400, "zstd", 0, Zstd.compress(Zstd.compress(small))),
        new Batch("half a zstd frame", 400, "zstd", 0, half(Zstd.compress(small))),
        new Batch("two encodings", 415, "zstd, gzip", 0, Zstd.compress(small)),
        new Batch("too many entries", 413, "zstd", 0, Zstd.compress(entries(200_000))),
        new Batch("number 0", 400, "identity", 0, shipped(new Frame(0, new byte[1]))),
        new Batch("a negative number", 400, "identity", 0, shipped(new Frame(-1, new byte[1]))),
        new Batch("the highest number", 400, "identity", 0, shipped(gap(1, Long.MAX_VALUE))),
        new Batch("a number too high", 400, "identity", 0, shipped(gap(1, MAX_NUMBER + 1))),
        new Batch("a gap backwards", 400, "identity", 0, backwards()),
        new Batch("told more than there is", 400, "identity", MAX_NUMBER + 1, small),
        new Batch("a hole", 400, "identity", 0, shipped(gap(1, 2), gap(4, 5))),
        new Batch("an overlap", 400, "identity", 0, shipped(gap(1, 2), gap(2, 5))),
        new Batch("out of order", 409, "identity", 0, shipped(gap(7, 9))),
        new Batch("deep maps", 400, "identity", 0, repeated((byte) 0xa1, 100_000)),
        new Batch("deep arrays", 400, "identity", 0, repeated((byte) 0x81, 100_000)),
        new Batch("a string of 2 GB", 400, "identity", 0, claim(0x5a)),
        new Batch("a text of 2 GB", 400, "identity", 0, claim(0x7a)),
        new Batch("an array of 2 G items", 400, "identity", 0, claim(0x9a)),
        new Batch(
            "invalid UTF-8", 400, "identity", 0, new byte[] {(byte) 0xa1, 0x62, (byte) 0xc3, 0x28, 0
            }),
        new Batch("JSON", 400, "identity", 0, "{}".getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
      packed.write(bytes);
    }
    return out.toByteArray();
  }

  /** The frame says one byte less than it holds (RFC 8878, section 3.1.1.1.4). */
  private static byte[] lying(byte[] bytes) {
    byte[] frame = Zstd.compress(bytes);
    frame[5]--;
    return frame;
  }

  private static byte[] half(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  private static Gap gap(long from, long through) {
    return new Gap(from, through, LossReason.EVICTED);
  }

  private static byte[] shipped(Entry... entries) {
    return BatchCodec.encodeShipped(List.of(entries));
  }

  private static byte[] entries(int count) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      entries.add(gap(i, i));
    }
    return BatchCodec.encodeShipped(entries);
  }

  private static byte[] backwards() {
    byte[] bytes = shipped(gap(5, 6));
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes[i] == 6 ? 4 : bytes[i];
    }
    return bytes;
  }

  private static byte[] repeated(byte value, int times) {
    byte[] bytes = new byte[times];
    Arrays.fill(bytes, value);
    return bytes;
  }

  /** An entry whose value says that 2 GB follow. */
  private static byte[] claim(int type) {
    return new byte[] {
      (byte) 0xa1, 0x63, 's', 'e', 'q', (byte) type, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 1
    };
  }

  @ParameterizedTest
  @MethodSource("batches")
  void refusesBatchesThatMakeNoSense(Batch batch) throws Exception {
    RunId run = RunId.random();
    Request.Builder request = relay
        .post(Protocol.capturesPath("shop"), batch.body())
        .header("Content-Encoding", batch.encoding())
        .header(Protocol.RUN, run.value())
        .header(Protocol.ACKED, Long.toString(batch.acked()));
    assertThat(status(request)).isEqualTo(batch.status());
    assertThat(relay.ship("shop", run, 0, "good").storedThrough()).isEqualTo(1);
    isBalanced();
  }

  @Test
  void balancesWhateverAProxyClaims() throws Exception {
    for (int i = 0; i < 20; i++) {
      RunId run = RunId.random();
      try (Response response = relay.ship("claims", run, 0, List.of(gap(1, MAX_NUMBER - 1)))) {
        assertThat(response.code()).isEqualTo(200);
      }
      RunId other = RunId.random();
      try (Response response =
          relay.ship("claims", other, MAX_NUMBER - 1, TestRelay.batch(MAX_NUMBER, "a"))) {
        assertThat(response.code()).isEqualTo(200);
      }
    }
    JsonNode stats = isBalanced();
    assertThat(stats.path("lost").longValue()).isGreaterThan(MAX_NUMBER);
  }

  @Test
  void takesABatchOnceHoweverOftenItIsReplayed() throws Exception {
    RunId run = RunId.random();
    for (int i = 0; i < 10; i++) {
      try (Response response = relay.ship("replays", run, 0, TestRelay.batch(1, "a", "b"))) {
        assertThat(response.code()).isEqualTo(200);
      }
      // with other captures under the same numbers
      try (Response response = relay.ship("replays", run, 0, TestRelay.batch(1, "x", "y"))) {
        assertThat(response.code()).isEqualTo(200);
      }
    }
    assertThat(relay.lease("replays", 100, 0).captures()).hasSize(2);
    isBalanced();
  }

  @ParameterizedTest(name = "chunked: {0}")
  @ValueSource(booleans = {false, true})
  void storesNothingOfAGigabyte(boolean chunked) throws Exception {
    long before = HugeBody.memory();
    try (Wire proxy = new Wire(relay.connect())) {
      proxy.send("POST " + Protocol.capturesPath("huge") + " HTTP/1.1¶Host: localhost¶"
          + Protocol.RUN + ": " + RunId.random().value() + "¶" + Protocol.ACKED + ": 0¶"
          + HugeBody.header(chunked) + "¶");
      CompletableFuture<Long> sent = HugeBody.send(proxy, chunked);
      assertThat(proxy.head()).startsWith("HTTP/1.1 413 ").contains("Connection: close¶");
      proxy.rest();
      // the call lets go of what it had collected once its answer is out
      await().untilAsserted(() -> assertThat(HugeBody.memory() - before).isLessThan(2 * MAX_BODY));
      sent.handle((crc, brokenOff) -> 0).get(10, TimeUnit.SECONDS);
    }
    assertThat(isBalanced().path("buckets").findValuesAsText("name")).doesNotContain("huge");
    assertThat(relay.get("/metrics"))
        .contains("weir_listener_refused_requests_total{listener=\"listen\",reason=\"too-large\"}");
  }

  @Test
  void leasesNoWholeBucketAtOnce() throws Exception {
    RunId run = RunId.random();
    String[] sessions = new String[2_000];
    Arrays.setAll(sessions, i -> "s" + i);
    relay.ship("large", run, 0, sessions);
    LeaseRequest all = new LeaseRequest(
        TestRelay.request(1, 0).group(),
        "greedy",
        LeaseRequest.Order.NONE,
        Integer.MAX_VALUE,
        Long.MAX_VALUE,
        60_000,
        0);
    try (Response response = relay
        .client()
        .newCall(relay.post(Protocol.leasesPath("large"), Json.write(all)).build())
        .execute()) {
      byte[] body = Zstd.decompress(response.body().bytes(), ByteSize.ofMegabytes(32));
      assertThat(BatchCodec.decodeLeased(body)).hasSize(1_000);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/buckets/shop/leases | {'group':'g','player':'p','order':'none','max':1,'maxBytes':1,'leaseMs':1e400}",
        "/v1/buckets/shop/leases | {'group':'g','player':'p','order':'none','max':99999999999,'maxBytes':1,'leaseMs':1}",
        "/v1/buckets/shop/leases | {'group':{'a':1},'player':'p','order':'none','max':1,'maxBytes':1,'leaseMs':1}",
        "LEASE/settle | {'delivered':[[1]]}",
        "LEASE/settle | {'delivered':[{'from':9,'through':1}]}",
        "LEASE/settle | {'dead':[{'offset':1}]}",
        "LEASE/settle | {'dead':[null]}",
        "LEASE/settle | {'retry':[{'offset':9223372036854775807,'afterMs':1,'reason':'x'}]}",
        "LEASE/settle | {'retry':[{'offset':OFFSET,'afterMs':-1,'reason':'x'}]}",
        "LEASE/settle | {'retry':[{'offset':OFFSET,'afterMs':-9223372036854775808,'reason':'x'}]}",
        "LEASE/settle | {'released':{}}",
        "LEASE/extend | {'leaseMs':-1}",
        "LEASE/extend | {}",
        "/v1/reports | {'proxy':{'proxy':'p','instance':'i','directory':'d','version':'1','lost':{'a':null}}}",
        "/v1/reports | {'proxy':{'proxy':'p','instance':'i','directory':'d','version':'1','buckets':[null]}}",
        "/v1/reports | {'proxy':{'proxy':'p','instance':'i','directory':'d','version':'1','captured':1e99}}",
        "/v1/reports | {'proxy':{'proxy':'p','instance':'i','directory':'d','version':'1','scripts':{'a':[null]}}}",
        "/v1/reports | {'player':{'player':'p','instance':'i','version':'1','replays':[null]}}",
        "/v1/reports | DEEP",
      })
  void refusesWhatMakesNoSenseAndGoesOn(String path, String json) throws Exception {
    RunId run = RunId.random();
    relay.ship("odd", run, 0, "a");
    TestRelay.Leased lease = relay.lease("odd", 1, 0);
    String to = path.replace("LEASE", "/v1/leases/" + lease.id());
    long offset = lease.captures().get(0).offset();
    String text = json.equals("DEEP")
        ? "[".repeat(500_000)
        : json.replace('\'', '"').replace("OFFSET", Long.toString(offset));
    assertThat(status(relay.post(to, text.getBytes(StandardCharsets.UTF_8)))).isEqualTo(400);
    assertThat(relay.settle(lease.id(), TestRelay.delivered(offset, offset))).isEqualTo(200);
    isBalanced();
  }

  @Test
  void putsOffNoLongerThanADay() throws Exception {
    relay.ship("late", RunId.random(), 0, "a");
    TestRelay.Leased lease = relay.lease("late", 1, 0);
    long offset = lease.captures().get(0).offset();
    assertThat(relay.settle(lease.id(), Samples.retry(offset, Long.MAX_VALUE))).isEqualTo(200);
    isBalanced();
  }

  @Test
  void keepsLittleOfWhatAPlayerSaysOfTheDead() throws Exception {
    RunId run = RunId.random();
    relay.ship("dead", run, 0, "a");
    TestRelay.Leased lease = relay.lease("dead", 1, 0);
    Settlement.Dead word = new Settlement.Dead(
        lease.captures().get(0).offset(), "x".repeat(1 << 20), 1, new byte[4 << 20]);
    Settlement settlement =
        new Settlement(List.of(), List.of(), List.of(), List.of(word), List.of(), true);
    assertThat(relay.settle(lease.id(), settlement)).isEqualTo(200);
    await()
        .untilAsserted(() -> assertThat(isBalanced().path("dead").longValue()).isEqualTo(1));
  }

  private static JsonNode isBalanced() throws Exception {
    JsonNode stats = Json.MAPPER.readTree(relay.get("/v1/stats"));
    assertThat(stats.path("imbalance").longValue()).isZero();
    return stats;
  }

  private static int status(Request.Builder request) throws IOException {
    try (Response response = relay.client().newCall(request.build()).execute()) {
      return response.code();
    }
  }
}
