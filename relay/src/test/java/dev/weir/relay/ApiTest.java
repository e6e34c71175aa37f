package dev.weir.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.RunId;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.wire.BatchCodec;
import dev.weir.wire.Json;
import dev.weir.wire.Problem;
import dev.weir.wire.Protocol;
import dev.weir.wire.Zstd;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Request;
import okhttp3.Response;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the relay says to those who do not keep to the protocol, and to a crowd. */
class ApiTest {
  private final RunId run = RunId.random();

  @TempDir
  private Path data;

  private TestRelay relay;

  @BeforeEach
  void start() {
    relay = TestRelay.start(data);
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  private Request.Builder batch(String bucket, byte[] body) {
    return relay
        .post(Protocol.capturesPath(bucket), body)
        .header("Content-Encoding", Protocol.ZSTD)
        .header(Protocol.RUN, run.value())
        .header(Protocol.ACKED, "0");
  }

  private record Answer(int status, String body) {
    Problem problem() throws IOException {
      return Json.read(body.getBytes(StandardCharsets.UTF_8), Problem.class);
    }
  }

  private Answer send(Request.Builder request) throws IOException {
    try (Response response = relay.client().newCall(request.build()).execute()) {
      return new Answer(response.code(), response.body().string());
    }
  }

  @Test
  void refusesForGoodWhatIsNotACapture() throws Exception {
    List<Entry> entries = new ArrayList<>(TestRelay.batch(1, "a"));
    entries.add(new Frame(2, new byte[] {(byte) 0xff, 1, 2}));
    Answer answer = send(batch("shop", Zstd.compress(BatchCodec.encodeShipped(entries))));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.problem().seq()).isEqualTo(2);
    assertThat(relay.lease("shop", 10, 0).captures()).as("all or none").isEmpty();
  }

  @Test
  void namesTheNumberThatIsMissing() throws Exception {
    try (Response response = relay.ship("shop", run, 0, TestRelay.batch(3, "a"))) {
      assertThat(response.code()).isEqualTo(409);
      assertThat(Json.read(response.body().bytes(), Problem.class).expected()).isEqualTo(1);
    }
  }

  @Test
  void inflatesNoBomb() throws Exception {
    byte[] bomb = Zstd.compress(new byte[100 << 20]);
    assertThat(bomb.length).isLessThan(100_000);
    assertThat(send(batch("shop", bomb)).status()).isEqualTo(413);
  }

  @Test
  void readsNoBodyThatIsTooLarge() throws Exception {
    assertThat(send(batch("shop", new byte[17 << 20])).status()).isEqualTo(413);
  }

  @Test
  void saysThatGarbageIsGarbage() throws Exception {
    assertThat(send(batch("shop", "not zstd".getBytes(StandardCharsets.UTF_8))).status())
        .isEqualTo(400);
    assertThat(send(batch("shop", Zstd.compress(new byte[] {1, 2, 3}))).status())
        .isEqualTo(400);
    byte[] body = Zstd.compress(BatchCodec.encodeShipped(TestRelay.batch(1, "a")));
    assertThat(send(batch("shop", body).header(Protocol.RUN, "x")).status()).isEqualTo(400);
    assertThat(send(batch("shop", body).removeHeader(Protocol.ACKED)).status()).isEqualTo(400);
    assertThat(send(batch("shop", body).header(Protocol.ACKED, "9999999999999999999"))
            .status())
        .isEqualTo(400);
  }

  @Test
  void takesNoOtherCompression() throws Exception {
    byte[] body = BatchCodec.encodeShipped(TestRelay.batch(1, "a"));
    assertThat(send(batch("shop", body).header("Content-Encoding", "gzip")).status())
        .isEqualTo(415);
    assertThat(send(batch("shop", body).removeHeader("Content-Encoding")).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "%2e%2e", "A", "a%2Fb", "a%00", "-", "a%20b"})
  void makesNoBucketOfABadName(String name) throws Exception {
    byte[] body = Zstd.compress(BatchCodec.encodeShipped(TestRelay.batch(1, "a")));
    assertThat(send(batch(name, body)).status()).isBetween(400, 404);
    assertThat(relay.get("/v1/stats")).contains("\"buckets\":[]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/buckets/shop/leases | {}",
        "/v1/buckets/shop/leases | null",
        "/v1/buckets/shop/leases | [1",
        "/v1/buckets/shop/leases | {'group':'../x','player':'p','order':'none','max':1,'maxBytes':1,'leaseMs':1}",
        "/v1/buckets/shop/leases | {'group':'g','player':'p','order':'none','max':0,'maxBytes':1,'leaseMs':1}",
        "/v1/buckets/shop/leases | {'group':'g','player':'p','order':'none','max':1,'maxBytes':1,'leaseMs':9999999999}",
        "/v1/leases/nonsense/settle | {}",
        "/v1/reports | {}",
        "/v1/reports | {'proxy':{}}",
        "/v1/reports | {'player':{'player':'p'}}",
      })
  void refusesWhatMakesNoSense(String path, String json) throws Exception {
    byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    Answer answer = send(relay.post(path, body));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem().error()).isNotBlank();
  }

  @Test
  void knowsNoLeaseOfAnotherRelay() throws Exception {
    relay.ship("shop", run, 0, "a");
    String foreign = "shop~0123456789abcdef~1";
    assertThat(relay.settle(foreign, TestRelay.delivered(1, 1))).isEqualTo(410);
    assertThat(send(relay.post(
                Protocol.extendPath(foreign), Json.write(new dev.weir.wire.Extension(1))))
            .status())
        .isEqualTo(410);
    assertThat(relay.settle("never-was~0123456789abcdef~1", TestRelay.delivered(1, 1)))
        .isEqualTo(410);
  }

  @Test
  void saysWhereThereIsNothing() throws Exception {
    assertThat(send(relay.post("/v2/", new byte[0])).status()).isEqualTo(404);
    Request.Builder get = relay.post("/v1/reports", new byte[0]).get();
    assertThat(send(get).status()).isEqualTo(405);
  }

  @Test
  void servesNoOtherPeoplesPages() throws Exception {
    assertThat(send(relay.post("/v1/reports", new byte[0]).header("Host", "evil.example"))
            .status())
        .isEqualTo(403);
    assertThat(send(relay.post("/v1/reports", new byte[0]).header("Origin", "http://evil.example"))
            .status())
        .isEqualTo(403);
    assertThat(relay.getAs("/v1/stats", "Host", "evil.example")).isEqualTo(403);
    assertThat(relay.getAs("/v1/stats", "Host", "localhost:7071")).isEqualTo(200);
  }

  @Test
  void holdsNoThreadForAThousandPolls() throws Exception {
    relay.ship("shop", run, 0, "a");
    relay.lease("shop", 10, 0);
    int before = serverThreads();
    List<CompletableFuture<TestRelay.Leased>> polls = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      polls.add(relay.leaseLater("shop", 1, 20_000));
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(relay.get("/v1/stats")).contains("\"polls\":1000"));
    assertThat(serverThreads()).isLessThanOrEqualTo(before + 4);
    assertThat(polls).noneMatch(CompletableFuture::isDone);
    relay.ship("shop", run, 1, "b");
    CompletableFuture<Object> first =
        CompletableFuture.anyOf(polls.toArray(new CompletableFuture<?>[0]));
    assertThat(((TestRelay.Leased) first.get(5, TimeUnit.SECONDS)).captures()).hasSize(1);
    relay.stop(); // answers the others
    for (CompletableFuture<TestRelay.Leased> poll : polls) {
      assertThat(poll.get(5, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void leasesNothingToAPlayerThatIsGone() throws Exception {
    pollAndLeave();
    relay.ship("shop", run, 0, "a", "b"); // before anybody looks whether the player is there
    TestRelay.Leased leased = relay.lease("shop", 10, 5_000);
    assertThat(leased.captures()).hasSize(2);
    long begin = System.nanoTime();
    relay.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .as("no call is left under way")
        .isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void forgetsThePollOfAPlayerThatIsGone() throws Exception {
    pollAndLeave();
    Awaitility.await()
        .untilAsserted(() -> assertThat(relay.get("/v1/stats")).contains("\"polls\":0"));
  }

  private void pollAndLeave() throws IOException {
    try (Socket player = relay.connect()) {
      byte[] request = Json.write(TestRelay.request(10, 20_000));
      String head = "POST /v1/buckets/shop/leases HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
          + request.length + "\r\n\r\n";
      player.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      player.getOutputStream().write(request);
      Awaitility.await()
          .untilAsserted(() -> assertThat(relay.get("/v1/stats")).contains("\"polls\":1"));
    }
  }

  /** The threads that are not the client's. */
  private static int serverThreads() {
    return (int) Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread -> thread.getName().startsWith("XNIO") || thread.getName().startsWith("bucket-"))
        .count();
  }

  @Test
  void showsNamesAsTextOnly() throws Exception {
    String report = """
        {"player":{"player":"<script>alert(1)</script>","instance":"i","version":"1","startedAtMs":0,
        "replays":[{"bucket":"shop","group":"default","target":"\\"><img src=x>","order":"session",
        "circuit":"closed","lastError":"<b>"}]}}""";
    assertThat(send(relay.post("/v1/reports", report.getBytes(StandardCharsets.UTF_8)))
            .status())
        .isEqualTo(200);
    String page = relay.get("/");
    assertThat(page)
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "&quot;&gt;&lt;img src=x&gt;")
        .doesNotContain("<script>alert", "<img");
  }

  @Test
  void isReadyOnceItServes() throws Exception {
    assertThat(relay.get("/livez")).isEqualTo("alive\n");
    assertThat(relay.get("/readyz")).isEqualTo("ready\n");
    assertThat(relay.get("/page.css")).contains("prefers-color-scheme");
    assertThat(relay.get("/page.js")).contains("refresh");
  }
}
