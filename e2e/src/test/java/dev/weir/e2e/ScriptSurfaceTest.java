package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.e2e.RawSite.Heard;
import dev.weir.relay.fleet.Totals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What scripts can do, and cannot: one line of processes with the shipped scripts on it, one round
 * of traffic, and a look at what arrived.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScriptSurfaceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String JSON = """
      {"z":null,"list":[],"id":9007199254740993,"email":"jane@example.org","o":{}}""";
  private static final String MASKED = """
      {"z":null,"list":[],"id":9007199254740993,"email":"j***@example.org","o":{}}""";

  /** By name, the body of a hook that must not get through. */
  private static final Map<String, String> ATTACKS = attacks();

  private ScriptedLine line;
  private String tried;
  private long waitingBeforeTrial;
  private long waitingAfterTrial;

  private static Map<String, String> attacks() {
    Map<String, String> attacks = new LinkedHashMap<>();
    attacks.put("loop", "while true do end");
    attacks.put("loop-in-pcall", "while true do pcall(function() while true do end end) end");
    attacks.put("long-string", "return ('x'):rep(1e9)");
    attacks.put("growing-table", "local t = {} while true do t[#t + 1] = {} end");
    attacks.put("recursion", "local function f() return 1 + f() end f()");
    attacks.put("fan-out", "local t = {} for i = 1, 1e6 do t[i] = req end return t");
    attacks.put("backtracking", "return (('a'):rep(40):find(('a*'):rep(20) .. 'b'))");
    attacks.put("java", "return luajava.bindClass('java.lang.System')");
    attacks.put("execute", "return os.execute('true')");
    attacks.put("open", "return io.open('/etc/passwd')");
    attacks.put("require", "return require 'ffi'");
    attacks.put("bytecode", "error(select(2, load(string.char(27) .. 'Lua')))");
    attacks.put("string-metatable", "getmetatable('').__index = {}");
    attacks.put("long-log", "local s = ('x'):rep(1e7) while true do log.info(s) end");
    return attacks;
  }

  @BeforeAll
  void sendOneRoundOfTraffic(@TempDir Path folder) throws Exception {
    line = new ScriptedLine(folder, ATTACKS);
    sendAll();
    eventually(() -> totals().waiting() >= 15 && lostToErrors() == ATTACKS.size());

    waitingBeforeTrial = totals().waiting();
    tried = line.tryOut("retarget.lua", "shop");
    waitingAfterTrial = totals().waiting();

    line.startPlayer();
    eventually(() -> isTold("open"));
    line.post("/watched/2", "text/plain", bytes("beat"));
    eventually(() -> isTold("closed"));
    eventually(() -> totals().waiting() == 0 && totals().balances());
  }

  private void sendAll() throws IOException {
    line.post("/watched/1", "text/plain", bytes("beat"));
    for (String attack : ATTACKS.keySet()) {
      line.post("/attack/" + attack, "text/plain", bytes("x"));
    }
    line.post("/api/json", "application/json", bytes(JSON));
    line.post(
        "/api/gzip", "application/json\r\nContent-Encoding: gzip", packed(GZIPOutputStream::new));
    line.post(
        "/api/deflate",
        "application/json\r\nContent-Encoding: deflate",
        packed(DeflaterOutputStream::new));
    line.post("/api/slow", "text/plain", bytes("slow"));
    line.post("/api/elsewhere", "text/plain", bytes("elsewhere"));
    line.post("/orders/list", "application/json", bytes("[{\"n\":1},{\"n\":2},{\"n\":3}]"));
    for (int i = 1; i <= 3; i++) {
      line.post("/both/" + i, "text/plain", bytes("both " + i));
    }
  }

  @AfterAll
  void stop() throws IOException {
    line.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private interface Packer {
    OutputStream around(OutputStream out) throws IOException;
  }

  private static byte[] packed(Packer packer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream to = packer.around(out)) {
      to.write(bytes(JSON));
    }
    return out.toByteArray();
  }

  private long lostToErrors() {
    return totals().lostByReason().getOrDefault("hook-error", 0L);
  }

  /** A machine that is busy answers another time. */
  private Totals totals() {
    return await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(line.page()::totals, answer -> true);
  }

  private static void eventually(Callable<Boolean> holds) {
    await().atMost(PATIENCE).until(holds);
  }

  private boolean isTold(String state) {
    return line.other().at("/alerts").stream()
        .anyMatch(alert -> alert.text().contains("\"state\":\"" + state + "\""));
  }

  private Heard staged(String path) {
    return line.staging().at(path).stream()
        .filter(each -> each.field("Authorization").equals("Bearer fresh"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyAttackCostsItsOwnCaptureAndNothingElse() throws Exception {
    assertThat(line.production().requests().stream().filter(text -> text.startsWith("/attack/")))
        .hasSize(ATTACKS.size());
    assertThat(lostToErrors()).isEqualTo(ATTACKS.size());
    assertThat(totals().imbalance()).isZero();
    assertThat(line.proxy().isAlive()).isTrue();
    assertThat(line.proxy().talk()).doesNotContain("OutOfMemoryError").contains("attack.lua:");
    assertThat(line.staging().at("/attack")).isEmpty();
  }

  @Test
  void jsonKeepsItsNullsItsEmptyArraysItsOrderAndItsDigits() {
    assertThat(staged("/staging/json").text()).isEqualTo(MASKED);
  }

  @Test
  void packedBodiesAreEditedAndPackedAgain() throws Exception {
    Heard gzip = staged("/staging/gzip");
    assertThat(gzip.field("Content-Encoding")).isEqualTo("gzip");
    assertThat(gzip.field("Content-Length")).isEqualTo("" + gzip.body().length);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
        .isEqualTo(bytes(MASKED));
    Heard deflate = staged("/staging/deflate");
    assertThat(deflate.field("Content-Encoding")).isEqualTo("deflate");
    assertThat(deflate.field("Content-Length")).isEqualTo("" + deflate.body().length);
    assertThat(new InflaterInputStream(new ByteArrayInputStream(deflate.body())).readAllBytes())
        .isEqualTo(bytes(MASKED));
  }

  @Test
  void theOtherHeadersStayWhereAndAsTheyAre() {
    List<String> own = staged("/staging/json").head().stream()
        .filter(line -> !line.startsWith("Weir-") && !line.startsWith("Host"))
        .toList();
    assertThat(own)
        .containsExactly(
            "POST /staging/json HTTP/1.1",
            "x-oDd: 1",
            "X-Odd: 2",
            "Content-Type: application/json",
            "Content-Length: " + MASKED.length(),
            "Accept: */*",
            "X-odd: 3",
            "Authorization: Bearer fresh");
  }

  @Test
  void aStaleTokenIsReplacedByAFreshOne() {
    assertThat(line.staging().at("/staging/json"))
        .extracting(each -> each.field("Authorization"))
        .last()
        .isEqualTo("Bearer fresh");
    assertThat(line.staging().at("/staging"))
        .extracting(each -> each.field("Authorization"))
        .contains("Bearer stale");
  }

  @Test
  void aDelayHoldsACaptureBack() {
    Heard slow = line.staging().at("/staging/slow").get(0);
    Instant captured = Instant.parse(slow.field("Weir-Captured-At"));
    assertThat(Duration.between(captured, slow.at())).isGreaterThan(Duration.ofSeconds(1));
    assertThat(slow.field("Weir-Attempt")).as("no attempt was counted").isEqualTo("1");
  }

  @Test
  void aScriptChoosesTheTarget() {
    assertThat(line.other().at("/staging/elsewhere"))
        .singleElement()
        .returns("elsewhere", Heard::text);
    assertThat(line.staging().at("/staging/elsewhere")).isEmpty();
  }

  @Test
  void anArrayBecomesManyCapturesInOrder() {
    assertThat(line.other().at("/orders/list"))
        .extracting(Heard::text)
        .containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
  }

  @Test
  void oneCaptureGoesToSeveralBucketsAndManyIntoOneRequest() {
    assertThat(line.other().at("/both"))
        .extracting(Heard::text)
        .containsExactlyInAnyOrder("both 1", "both 2", "both 3");
    assertThat(line.other().at("/bulk"))
        .singleElement()
        .extracting(Heard::text)
        .asString()
        .contains("both 1", "both 2", "both 3");
  }

  @Test
  void silenceIsToldAndItsEndToo() {
    assertThat(isTold("open")).isTrue();
    assertThat(isTold("closed")).isTrue();
    assertThat(line.other().at("/alerts"))
        .allMatch(alert -> alert.text().contains("\"key\":\"silence\""));
  }

  @Test
  void aTrialOverALiveBucketShowsItAllAndTakesNothing() {
    assertThat(tried).contains("on_replay: captures: ").contains("errors: 0");
    assertThat(waitingAfterTrial).isGreaterThanOrEqualTo(waitingBeforeTrial);
  }
}
