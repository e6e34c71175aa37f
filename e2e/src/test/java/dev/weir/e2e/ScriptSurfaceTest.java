package dev.weir.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.cli.demo.RoleProcess;
import dev.weir.e2e.RawSite.Heard;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
  private static final Path SCRIPTS = Path.of("..", "scripts").toAbsolutePath().normalize();
  private static final String JSON = """
      {"z":null,"list":[],"id":9007199254740993,"email":"jane@example.org","o":{}}""";
  private static final String MASKED = """
      {"z":null,"list":[],"id":9007199254740993,"email":"j***@example.org","o":{}}""";

  /** By name, the body of a hook that must not get through. */
  private static final Map<String, String> ATTACKS = attacks();

  private final List<RoleProcess> running = new ArrayList<>();
  private Path directory;
  private RecordingSite production;
  private RawSite staging;
  private RawSite other;
  private RoleProcess relay;
  private RoleProcess proxy;
  private Page page;
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
    directory = folder;
    production = new RecordingSite("none=1");
    staging = new RawSite(request -> request.field("Authorization").equals("Bearer fresh")
        ? "HTTP/1.1 200 OK"
        : "HTTP/1.1 401 Unauthorized\r\nX-Fresh-Token: fresh");
    other = new RawSite(request -> "HTTP/1.1 200 OK");
    writeScripts();
    relay = role("relay", """
        data: relay
        listen: 127.0.0.1:0
        admin: 127.0.0.1:0
        create-buckets: true
        """);
    page = new Page(relay.addresses().get("admin"));
    proxy = role("proxy", proxyFile());

    post("/watched/1", "text/plain", bytes("beat"));
    for (String attack : ATTACKS.keySet()) {
      post("/attack/" + attack, "text/plain", bytes("x"));
    }
    post("/api/json", "application/json", bytes(JSON));
    post("/api/gzip", "application/json\r\nContent-Encoding: gzip", packed(GZIPOutputStream::new));
    post(
        "/api/deflate",
        "application/json\r\nContent-Encoding: deflate",
        packed(DeflaterOutputStream::new));
    post("/api/slow", "text/plain", bytes("slow"));
    post("/api/elsewhere", "text/plain", bytes("elsewhere"));
    post("/orders/list", "application/json", bytes("[{\"n\":1},{\"n\":2},{\"n\":3}]"));
    for (int i = 1; i <= 3; i++) {
      post("/both/" + i, "text/plain", bytes("both " + i));
    }
    eventually(() -> page.totals().waiting() >= 15 && lostToErrors() == ATTACKS.size());

    waitingBeforeTrial = page.totals().waiting();
    tried = tryOverTheBucket();
    waitingAfterTrial = page.totals().waiting();

    role("player", playerFile());
    eventually(() -> isTold("open"));
    post("/watched/2", "text/plain", bytes("beat"));
    eventually(() -> isTold("closed"));
    eventually(() -> page.totals().waiting() == 0 && page.totals().balances());
  }

  @AfterAll
  void stop() throws IOException {
    running.forEach(RoleProcess::close);
    production.close();
    staging.close();
    other.close();
  }

  private void writeScripts() throws IOException {
    String cases = ATTACKS.entrySet().stream()
        .map(each -> "[\"" + each.getKey() + "\"] = function(req) " + each.getValue() + " end")
        .collect(Collectors.joining(",\n"));
    script("attack.lua", "local attacks = {\n" + cases + """
        }
        function on_capture(req)
          local at = req:match("/attack/{name}")
          if at then return attacks[at.name](req) end
        end
        """);
    script("replay.lua", """
        function on_replay(req)
          if req.path == "/api/slow" then req.delay = "1s" end
          if req.path == "/api/elsewhere" then req.target = "other" end
        end
        """);
    script("bulk.lua", """
        function on_batch(reqs)
          local lines = {}
          for i, req in ipairs(reqs) do lines[i] = req.body end
          return request{path = "/bulk", body = table.concat(lines, "\\n")}
        end
        """);
  }

  private void script(String name, String lua) throws IOException {
    Files.writeString(directory.resolve(name), lua);
  }

  private String proxyFile() {
    return """
        data: proxy
        relay: {url: "http://%1$s"}
        sources:
          - type: http
            name: front
            listen: 127.0.0.1:0
            to: %2$s
            buckets: [shop]
            scripts:
              - attack.lua
              - file: %3$s/route-by-path.lua
                params: {routes: [{path: "/both/*", bucket: [orders, bulk]}, {path: "/orders/*", bucket: orders}]}
              - %3$s/split-json-array.lua
              - %3$s/mask-pii-json.lua
              - {file: %3$s/alert-on-silence.lua, params: {after: 4s, bucket: alerts, path: "/watched/*"}}
        buckets: {shop: {}, orders: {}, bulk: {}, alerts: {}}
        """.formatted(relay.addresses().get("listen"), production.url(), SCRIPTS);
  }

  private String playerFile() {
    return """
        data: player
        relay: {url: "http://%1$s"}
        replays:
          - bucket: shop
            order: none
            scripts:
              - replay.lua
              - file: %2$s/retarget.lua
                params: {strip: /api, prefix: /staging, token: api}
                secrets: {api: stale}
            target: {type: http, to: "%3$s"}
            targets: {other: {type: http, to: "%4$s"}}
          - bucket: orders
            target: {type: http, to: "%4$s"}
          - bucket: alerts
            target: {type: http, to: "%4$s"}
          - bucket: bulk
            batch: {captures: 3, within: 10s}
            scripts: [bulk.lua]
            target: {type: http, to: "%4$s"}
        """.formatted(relay.addresses().get("listen"), SCRIPTS, staging.url(), other.url());
  }

  private RoleProcess role(String name, String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".yaml"), yaml);
    RoleProcess role = RoleProcess.start(
        Weir.command("-Xmx256m"),
        directory.resolve(name + ".log"),
        List.of(name, "-c", file.toString()));
    running.add(role);
    return role;
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

  /** As a customer with a client of his own; production answers each. */
  private void post(String path, String contentType, byte[] body) throws IOException {
    String[] address = proxy.addresses().get("front").split(":");
    try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
      OutputStream out = socket.getOutputStream();
      out.write(bytes("POST " + path + " HTTP/1.1\r\nHost: shop\r\nx-oDd: 1\r\nX-Odd: 2\r\n"
          + "Content-Type: " + contentType + "\r\nContent-Length: " + body.length
          + "\r\nAccept: */*\r\nX-odd: 3\r\n\r\n"));
      out.write(body);
      assertThat(RawSite.read(socket.getInputStream()).head().get(0)).contains(" 200 ");
    }
  }

  private String tryOverTheBucket() throws IOException, InterruptedException {
    List<String> command = Weir.command("-Xmx256m");
    command.addAll(List.of(
        "script",
        "try",
        SCRIPTS.resolve("retarget.lua").toString(),
        "--bucket",
        "shop",
        "--relay",
        "http://" + relay.addresses().get("listen")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private long lostToErrors() throws IOException, InterruptedException {
    return page.totals().lostByReason().getOrDefault("hook-error", 0L);
  }

  private static void eventually(Callable<Boolean> holds) {
    await().atMost(PATIENCE).until(holds);
  }

  private boolean isTold(String state) {
    return other.at("/alerts").stream()
        .anyMatch(alert -> alert.text().contains("\"state\":\"" + state + "\""));
  }

  private Heard staged(String path) {
    return staging.at(path).stream()
        .filter(each -> each.field("Authorization").equals("Bearer fresh"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyAttackCostsItsOwnCaptureAndNothingElse() throws Exception {
    assertThat(production.requests().stream().filter(text -> text.startsWith("/attack/")))
        .hasSize(ATTACKS.size());
    assertThat(lostToErrors()).isEqualTo(ATTACKS.size());
    assertThat(page.totals().imbalance()).isZero();
    assertThat(proxy.isAlive()).isTrue();
    assertThat(proxy.talk()).doesNotContain("OutOfMemoryError").contains("attack.lua:");
    assertThat(staging.at("/attack")).isEmpty();
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
    assertThat(
            new InflaterInputStream(new ByteArrayInputStream(deflate.body())).readAllBytes())
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
    assertThat(staging.at("/staging/json"))
        .extracting(each -> each.field("Authorization"))
        .last()
        .isEqualTo("Bearer fresh");
    assertThat(staging.at("/staging"))
        .extracting(each -> each.field("Authorization"))
        .contains("Bearer stale");
  }

  @Test
  void aDelayHoldsACaptureBack() {
    Heard slow = staging.at("/staging/slow").get(0);
    Instant captured = Instant.parse(slow.field("Weir-Captured-At"));
    assertThat(Duration.between(captured, slow.at())).isGreaterThan(Duration.ofSeconds(1));
    assertThat(slow.field("Weir-Attempt")).as("no attempt was counted").isEqualTo("1");
  }

  @Test
  void aScriptChoosesTheTarget() {
    assertThat(other.at("/staging/elsewhere")).singleElement().returns("elsewhere", Heard::text);
    assertThat(staging.at("/staging/elsewhere")).isEmpty();
  }

  @Test
  void anArrayBecomesManyCapturesInOrder() {
    assertThat(other.at("/orders/list"))
        .extracting(Heard::text)
        .containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
  }

  @Test
  void oneCaptureGoesToSeveralBucketsAndManyIntoOneRequest() {
    assertThat(other.at("/both"))
        .extracting(Heard::text)
        .containsExactlyInAnyOrder("both 1", "both 2", "both 3");
    assertThat(other.at("/bulk"))
        .singleElement()
        .extracting(Heard::text)
        .asString()
        .contains("both 1", "both 2", "both 3");
  }

  @Test
  void silenceIsToldAndItsEndToo() {
    assertThat(isTold("open")).isTrue();
    assertThat(isTold("closed")).isTrue();
    assertThat(other.at("/alerts")).allMatch(alert -> alert.text().contains("\"key\":\"silence\""));
  }

  @Test
  void aTrialOverALiveBucketShowsItAllAndTakesNothing() {
    assertThat(tried).contains("on_replay: captures: ").contains("errors: 0");
    assertThat(waitingAfterTrial).isGreaterThanOrEqualTo(waitingBeforeTrial);
  }
}
