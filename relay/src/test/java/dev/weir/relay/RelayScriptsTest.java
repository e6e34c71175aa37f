package dev.weir.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.Captures;
import dev.weir.capture.RunId;
import dev.weir.relay.lease.Clocks;
import dev.weir.script.ScriptSettings;
import dev.weir.script.engine.ScriptException;
import dev.weir.spool.Spool.Frame;
import dev.weir.unit.BucketName;
import dev.weir.wire.Json;
import dev.weir.wire.LeasedCapture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A relay with a script on a bucket, over real sockets. */
class RelayScriptsTest {
  private static final RunId RUN = RunId.random();

  @TempDir
  Path data;

  @Test
  void masksSplitsAndDropsOnArrival() throws Exception {
    script("""
        function on_relay(req)
          if req.path == "/health" then return drop "health" end
          if req.path == "/broken" then error("cannot scrub this") end
          local parts = {}
          for _, order in ipairs(req.json) do
            order.card = "***"
            local part = req:clone()
            part.json = order
            parts[#parts + 1] = part
          end
          return parts
        end
        """);
    try (TestRelay relay = TestRelay.start(config(), new InMemoryStorage())) {
      relay
          .ship(
              "shop",
              RUN,
              0,
              List.of(
                  frame(1, Captures.get("/health")),
                  frame(2, Captures.post("/orders", "[{\"n\":1,\"card\":\"4711\"},{\"n\":2}]")),
                  frame(3, Captures.post("/broken", "4711"))))
          .close();

      List<String> ids = new ArrayList<>();
      List<String> bodies = new ArrayList<>();
      for (LeasedCapture leased : relay.lease("shop", 10, 0).captures()) {
        Capture capture = CaptureCodec.decode(leased.bytes());
        ids.add(leased.id().toString());
        bodies.add(new String(capture.request().body().bytes(), StandardCharsets.UTF_8));
      }
      assertThat(ids).containsExactly(RUN + "-2", RUN + "-2.2");
      assertThat(bodies)
          .containsExactly("{\"n\":1,\"card\":\"***\"}", "{\"n\":2,\"card\":\"***\"}");
      JsonNode stats = Json.MAPPER.readTree(relay.get("/v1/stats"));
      assertThat(stats.get("imbalance").asLong()).isZero();
      assertThat(stats.get("filtered").asLong()).isEqualTo(1);
      assertThat(stats.get("copies").asLong()).isEqualTo(1);
      assertThat(stats.at("/lostByReason/hook-error").asLong()).isEqualTo(1);
      JsonNode script = stats.at("/scripts/0");
      assertThat(script.get("script").asText()).isEqualTo("hook.lua");
      assertThat(script.get("calls").asLong()).isEqualTo(3);
      assertThat(script.at("/dropped/health").asLong()).isEqualTo(1);
      assertThat(script.get("lastError").asText()).contains("hook.lua:3: cannot scrub this");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      function on_capture(req) end                                 | has neither on_relay nor a timer
      function on_relay(req) return                                | hook.lua:1:
      """)
  void refusesAScriptThatWouldNotDoWhatItSays(String lua, String message) throws Exception {
    script(lua);
    assertThatThrownBy(
            () -> Relay.start(config(), new InMemoryStorage(), Clocks.SYSTEM).close())
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining(message);
  }

  @Test
  void takesWhatATimerEmitsIntoTheBucketAndTheBooks() throws Exception {
    script("""
        local rounds = 0
        function on_relay(req) shared("seen"):incr("captures") end
        every("100ms", function()
          rounds = rounds + 1
          if rounds <= 3 then
            emit(request{path = "/alerts/" .. rounds, json = {seen = shared("seen"):get("captures")}})
            emit(request{path = "/again/" .. rounds})
          end
        end)
        """);
    try (TestRelay relay = TestRelay.start(config(), new InMemoryStorage())) {
      relay.ship("shop", RUN, 0, List.of(frame(1, Captures.get("/a")))).close();
      await()
          .until(
              () -> Json.MAPPER.readTree(relay.get("/v1/stats")).get("emitted").asLong() == 6);

      List<String> paths = new ArrayList<>();
      for (LeasedCapture leased : relay.lease("shop", 10, 0).captures()) {
        paths.add(CaptureCodec.decode(leased.bytes()).request().target());
      }
      assertThat(paths)
          .containsExactlyInAnyOrder(
              "/a", "/alerts/1", "/again/1", "/alerts/2", "/again/2", "/alerts/3", "/again/3");
      JsonNode stats = Json.MAPPER.readTree(relay.get("/v1/stats"));
      assertThat(stats.get("imbalance").asLong()).isZero();
      assertThat(stats.get("copies").asLong()).isZero();
      assertThat(stats.at("/scripts/0/errors").asLong()).isZero();
    }
  }

  @Test
  void changesOverToNewScriptsAndKeepsTheOldWhereTheyFail() throws Exception {
    script("function on_relay(req) return drop 'one' end");
    try (Relay relay = Relay.start(config(), new InMemoryStorage(), Clocks.SYSTEM)) {
      script("function on_relay(req) return drop 'two' end");
      assertThat(relay.reload()).isEmpty();
      script("function on_relay(req) return");
      assertThat(relay.reload())
          .singleElement()
          .asString()
          .startsWith("bucket \"shop\": hook.lua:1:");
    }
  }

  private void script(String lua) throws Exception {
    Files.writeString(data.resolve("hook.lua"), lua);
  }

  private static Frame frame(long seq, Capture capture) {
    return new Frame(seq, CaptureCodec.encode(capture));
  }

  private RelayConfig config() {
    RelayConfig plain = TestRelay.config(data, List.of());
    RelayConfig.Bucket usual = RelayConfig.Bucket.DEFAULTS;
    RelayConfig.Bucket scripted = new RelayConfig.Bucket(
        usual.maxBytes(),
        usual.maxAge(),
        usual.whenFull(),
        usual.keep(),
        usual.minFreeDisk(),
        usual.groups(),
        usual.dead(),
        List.of(ScriptSettings.of(data.resolve("hook.lua"))));
    return new RelayConfig(
        plain.name(),
        plain.listen(),
        plain.admin(),
        plain.data(),
        true,
        null,
        List.of(),
        Map.of(new BucketName("shop"), scripted));
  }
}
