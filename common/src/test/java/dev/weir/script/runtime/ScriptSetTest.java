package dev.weir.script.runtime;

import static dev.weir.script.runtime.Scripts.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureId;
import dev.weir.capture.RunId;
import dev.weir.config.Secret;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Emission;
import dev.weir.script.Hook.Result;
import dev.weir.script.Origin;
import dev.weir.script.PlayerHook;
import dev.weir.script.Scope;
import dev.weir.script.ScriptReport;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import dev.weir.script.Verdict;
import dev.weir.script.engine.ScriptException;
import dev.weir.unit.BucketName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScriptSetTest {
  @TempDir
  private Path folder;

  private ScriptSet load(Stage stage, String... sources) throws ScriptException {
    List<ScriptSettings> settings = new ArrayList<>();
    for (int i = 0; i < sources.length; i++) {
      settings.add(Scripts.file(folder, "s" + i + ".lua", sources[i]));
    }
    return ScriptSet.load(settings, Scope.of(stage), Host.system());
  }

  @Test
  void doingNothingKeepsTheVerySameCapture() throws Exception {
    Capture capture = Captures.post("/a?b=%7e", "{\"a\":1}", "Cookie", "a=1;b=2");
    try (Hook hook = Scripts.capturing(folder, """
        local _ = req.json.a, req.cookies.a, req.query.b, req.body, req.headers.Cookie
        for k, v in pairs(req.headers) do req.headers[k] = v end
        req.method = req.method
        return true""")) {
      assertThat(only(hook.run(capture))).isEqualTo(capture);
    }
    try (Hook hook = Scripts.capturing(folder, "local _ = req.json.a, req.cookies.a")) {
      assertThat(only(hook.run(capture))).isSameAs(capture);
    }
  }

  @Test
  void eachScriptSeesWhatTheOneBeforeMade() throws Exception {
    try (Hook hook = load(
            Stage.CAPTURE,
            "function on_capture(req) req.path = req.path .. '/1' return {req, req:clone()} end",
            "function on_capture(req) req.path = req.path .. '/2' end")
        .open()) {
      Result.Kept kept = (Result.Kept) hook.run(Captures.get("/0"));
      assertThat(kept.emissions())
          .extracting(each -> each.capture().request().target())
          .containsExactly("/0/1/2", "/0/1/2");
    }
  }

  @Test
  void boundsTheBodiesOfWhatComesOfOne() throws Exception {
    String copies = "function on_capture(req) local t = {} for i = 1, %d do t[i] = req:clone() end"
        + " return t end";
    Capture asked = Captures.post("/", "x".repeat(5 << 20));
    Capture answered = new Capture(
        asked.source(),
        asked.kind(),
        asked.capturedAt(),
        asked.session(),
        Captures.get("/").request(),
        Captures.answer(200, "x".repeat(1 << 20)),
        Map.of());
    try (Hook hook = load(Stage.CAPTURE, copies.formatted(70)).open()) {
      assertThat(hook.run(answered))
          .isInstanceOfSatisfying(
              Result.Failed.class,
              failed -> assertThat(failed.message()).contains("bodies of 70.0 MB together"));
    }
    try (Hook hook =
        load(Stage.CAPTURE, copies.formatted(5), copies.formatted(3)).open()) {
      assertThat(hook.run(asked))
          .isInstanceOfSatisfying(
              Result.Failed.class,
              failed -> assertThat(failed.message()).contains("bodies of 75.0 MB together"));
      assertThat(hook.run(answered)).isInstanceOf(Result.Kept.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example/x\\r\\nEvil: b, no spaces or control characters",
    "http://a.example/x y, no spaces or control characters",
    "http://a.example\\r\\nEvil: b/x, a host cannot have the form",
    "http://me@a.example/, a host cannot have the form",
    "http://a.example:99999/, a port is 1 to 65535",
    "http://a.example:b/, a port is 1 to 65535",
    "x y, no spaces or control characters",
  })
  void refusesARequestToAnOddPlace(String url, String message) throws Exception {
    try (Hook hook = Scripts.capturing(folder, "return request{url = '" + url + "'}")) {
      assertThat(hook.run(Captures.get("/")))
          .isInstanceOfSatisfying(
              Result.Failed.class, failed -> assertThat(failed.message()).contains(message));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example:81/x?y#z, a.example:81, /x?y",
    "https://[::1]?y, [::1], /?y",
    "/x#z, '', /x",
    "http:///x, '', /x", // as req.url is where there is no Host
  })
  void makesARequestOfAUrl(String url, String authority, String target) throws Exception {
    try (Hook hook = Scripts.capturing(folder, "return request{url = '" + url + "'}")) {
      Capture made = only(hook.run(Captures.get("/")));
      assertThat(made.request().authority()).isEqualTo(authority);
      assertThat(made.request().target()).isEqualTo(target);
    }
  }

  @Test
  void routesToSeveralBuckets() throws Exception {
    Scope scope =
        new Scope(Stage.CAPTURE, Set.of(new BucketName("shop"), new BucketName("audit")), Set.of());
    ScriptSettings script = Scripts.file(folder, "s.lua", """
        function on_capture(req)
          if req.path == "/both" then req.bucket = {"shop", "audit"} else req.bucket = "shpo" end
        end""");
    try (Hook hook = Scripts.open(scope, script)) {
      Result.Kept kept = (Result.Kept) hook.run(Captures.get("/both"));
      assertThat(kept.emissions().get(0).buckets())
          .containsExactlyInAnyOrder(new BucketName("shop"), new BucketName("audit"));
      assertThat(hook.run(Captures.get("/")))
          .isEqualTo(
              new Result.Failed("s.lua:2: there is no bucket \"shpo\" (did you mean \"shop\"?)"));
    }
  }

  @Test
  void dropsByReason() throws Exception {
    ScriptSet set = load(Stage.CAPTURE, """
        function on_capture(req)
          if req.path == "/f" then return false end
          if req.path == "/e" then return {} end
          return drop "health check"
        end""");
    try (Hook hook = set.open()) {
      assertThat(hook.run(Captures.get("/"))).isEqualTo(new Result.Dropped("health check"));
      assertThat(hook.run(Captures.get("/f"))).isEqualTo(new Result.Dropped("unspecified"));
      assertThat(hook.run(Captures.get("/e"))).isEqualTo(new Result.Dropped("empty"));
    }
    ScriptReport report = set.reports().get(0);
    assertThat(report.calls()).isEqualTo(3);
    assertThat(report.errors()).isZero();
    assertThat(report.dropped())
        .isEqualTo(Map.of("health check", 1L, "unspecified", 1L, "empty", 1L));
    assertThat(report.p99()).isPositive();
  }

  @Test
  void failsClosedUnlessToldToKeep() throws Exception {
    ScriptSettings fails = Scripts.file(folder, "s.lua", """
        function on_capture(req)
          req.path = "/changed"
          error("boom")
        end""");
    try (Hook hook = Scripts.open(Scope.of(Stage.CAPTURE), fails)) {
      assertThat(hook.run(Captures.get("/"))).isEqualTo(new Result.Failed("s.lua:3: boom"));
    }
    ScriptSettings keeps = new ScriptSettings(fails.file(), Map.of(), Map.of(), Map.of(), true);
    ScriptSet set = ScriptSet.load(List.of(keeps), Scope.of(Stage.CAPTURE), Host.system());
    try (Hook hook = set.open()) {
      Capture capture = Captures.get("/");
      assertThat(only(hook.run(capture))).isSameAs(capture);
    }
    assertThat(set.reports().get(0).errors()).isEqualTo(1);
    assertThat(set.reports().get(0).lastError()).isEqualTo("s.lua:3: boom");
  }

  @Test
  void givesParametersEnvironmentAndSecrets() throws Exception {
    Path file = Scripts.file(folder, "s.lua", """
        local p
        function on_start(params) p = params end
        function on_capture(req)
          req.meta.all = table.concat({p.name, p.list[2], tostring(p.map.yes), env("REGION"), secret("key"),
            tostring(env("UNSET"))}, " ")
        end""").file();
    ScriptSettings settings = new ScriptSettings(
        file,
        Map.of("name", "n", "list", List.of(1, 2.5), "map", Map.of("yes", true)),
        Map.of("REGION", "eu", "UNSET", ""),
        Map.of("key", new Secret("s3cret")),
        false);
    try (Hook hook = Scripts.open(Scope.of(Stage.CAPTURE), settings)) {
      assertThat(only(hook.run(Captures.get("/"))).meta())
          .containsEntry("all", "n 2.5 true eu s3cret nil");
    }
    assertThat(settings.toString()).doesNotContain("s3cret");
  }

  @Test
  void refusesAScriptThatWouldDoNothing() throws Exception {
    Scope capture = Scope.of(Stage.CAPTURE);
    ScriptSettings elsewhere = Scripts.file(folder, "s.lua", "function on_replay(req) end");
    assertThatThrownBy(() -> ScriptSet.loadUseful(List.of(elsewhere), capture, Host.system()))
        .isInstanceOf(ScriptException.class)
        .hasMessage("s.lua: has neither on_capture nor a timer: it would do nothing here");

    Scripts.file(folder, "s.lua", "function on_capture(req) end");
    ScriptSet set = ScriptSet.loadUseful(List.of(elsewhere), capture, Host.system());
    Scripts.file(folder, "s.lua", "function on_replay(req) end");
    assertThatThrownBy(set::reload).isInstanceOf(ScriptException.class);
    assertThat(set.reports().get(0).reloadError()).contains("would do nothing");

    Scripts.file(folder, "s.lua", "every('1s', function() end)");
    set.reload();
  }

  @Test
  void reloadsAtTheNextCallAndKeepsTheOldOnFailure() throws Exception {
    ScriptSet set = load(Stage.CAPTURE, "function on_capture(req) req.path = '/old' end");
    Path file = folder.resolve("s0.lua");
    try (Hook hook = set.open()) {
      Files.writeString(file, "function on_capture(req) req.path = '/new' end");
      assertThat(only(hook.run(Captures.get("/"))).request().target()).isEqualTo("/old");
      set.reload();
      assertThat(only(hook.run(Captures.get("/"))).request().target()).isEqualTo("/new");

      for (String broken : List.of(
          "function on_capture(req",
          "error('no')",
          "x = 1",
          "function on_caputre(req) end",
          "function on_capture(req) end function on_start() while true do end end")) {
        Files.writeString(file, broken);
        assertThatThrownBy(set::reload).isInstanceOf(ScriptException.class);
        assertThat(set.reports().get(0).reloadError()).startsWith("s0.lua:");
        assertThat(only(hook.run(Captures.get("/"))).request().target()).isEqualTo("/new");
      }
      Files.delete(file);
      assertThatThrownBy(set::reload).hasMessageContaining("there is no such file");
    }
  }

  @Test
  void stopsWhatItStartedInVain() throws Exception {
    ScriptSet set = load(Stage.CAPTURE, """
        shared("open"):incr("n")
        function on_stop() shared("open"):incr("n", -1) end
        function on_capture(req) req.meta.open = shared("open"):get("n") end""", """
        if shared("count"):incr("starts") == 4 then error("not now") end
        function on_capture(req) end""");
    try (Hook hook = set.open()) {
      set.reload();
      assertThat(only(hook.run(Captures.get("/"))).meta()).containsEntry("open", "1");
    }
    assertThat(set.reports().get(1).reloadError()).contains("not now");
  }

  @Test
  void saysWhatIsWrongWithAScriptThatDoesNotStart() {
    assertThatThrownBy(() -> load(Stage.CAPTURE, "function on_caputre(req) end"))
        .hasMessage("s0.lua: there is no hook \"on_caputre\" (did you mean \"on_capture\"?)");
    assertThatThrownBy(() -> load(Stage.CAPTURE, "local x = 1"))
        .hasMessageStartingWith("s0.lua: has no hook and no timer");
    assertThatThrownBy(() -> load(Stage.CAPTURE, "x = \n= 1"))
        .hasMessageStartingWith("s0.lua:2: unexpected");
    assertThatThrownBy(() -> load(Stage.CAPTURE, "\u001bLua")).hasMessageContaining("bytecode");
  }

  @Test
  void callsStartAndStop() throws Exception {
    Host host = Host.system();
    ScriptSettings script = Scripts.file(folder, "s.lua", """
        function on_start() shared("log"):incr("starts") end
        function on_stop() shared("log"):incr("stops") end
        function on_capture(req)
          req.meta.log = shared("log"):get("starts") .. " " .. tostring(shared("log"):get("stops"))
        end""");
    ScriptSet set = ScriptSet.load(List.of(script), Scope.of(Stage.CAPTURE), host);
    try (Hook first = set.open()) {
      try (Hook second = set.open()) {
        assertThat(only(second.run(Captures.get("/"))).meta()).containsEntry("log", "3 1");
      }
      assertThat(only(first.run(Captures.get("/"))).meta()).containsEntry("log", "3 2");
    }
  }

  @Test
  void startsAfreshWhenAMachineBreaks() throws Exception {
    try (Hook hook = Scripts.open(folder, Stage.CAPTURE, """
        local n = 0
        function on_capture(req)
          n = n + 1
          if req.path == "/break" then
            local t = setmetatable({}, {}) getmetatable(t).__tostring = tostring
            return tostring(t)
          end
          req.meta.n = n
        end""")) {
      assertThat(only(hook.run(Captures.get("/"))).meta()).containsEntry("n", "1");
      for (int i = 0; i < 3; i++) {
        assertThat(hook.run(Captures.get("/break"))).isInstanceOf(Result.Failed.class);
        assertThat(only(hook.run(Captures.get("/"))).meta()).containsEntry("n", "1");
      }
    }
  }

  @Test
  void retargetsAndDelaysInThePlayer() throws Exception {
    Scope scope = new Scope(Stage.REPLAY, Set.of(), Set.of("blue", "green"));
    ScriptSettings script = Scripts.file(folder, "s.lua", """
        function on_replay(req)
          req.target = req.id and "green" or "gren"
          req.delay = req.attempt * 1.5
          req.session = "user-" .. req.proxy
        end""");
    Origin origin = new Origin(new CaptureId(new RunId("0".repeat(32)), 7), 2, "web-1");
    try (Hook hook = Scripts.open(scope, script)) {
      Emission emission =
          ((Result.Kept) hook.run(Captures.get("/"), origin)).emissions().get(0);
      assertThat(emission.target()).isEqualTo("green");
      assertThat(emission.delay()).isEqualTo(Duration.ofSeconds(3));
      assertThat(emission.capture().session()).isEqualTo("user-web-1");
      assertThat(((Result.Failed) hook.run(Captures.get("/"))).message())
          .contains("there is no target \"gren\" (did you mean \"green\"?)");
    }
  }

  @Test
  void judgesAnswers() throws Exception {
    try (PlayerHook hook = Scripts.open(folder, Stage.REPLAY, """
        function on_response(req, res)
          res.headers["Set-Cookie"] = nil
          if res.error then return retry("2s", res.error) end
          if res.status == 200 then return true end
          if res.status == 401 then return retry(0.5, "token") end
          if res.status == 410 then return fail("gone") end
          if res.status == 500 then return 500 end
          if req.response and req.response.status ~= res.status then return fail("differs") end
        end""")) {
      Capture sent = Captures.get("/");
      assertThat(hook.judge(sent, Origin.NONE, null, "connection refused"))
          .isEqualTo(new Verdict.Retry(Duration.ofSeconds(2), "connection refused", null));
      assertThat(hook.judge(sent, Origin.NONE, Captures.answer(200, "x", "Set-Cookie", "a"), null))
          .isEqualTo(new Verdict.Delivered(Captures.answer(200, "x")));
      assertThat(hook.judge(sent, Origin.NONE, Captures.answer(401, ""), null))
          .isEqualTo(new Verdict.Retry(Duration.ofMillis(500), "token", Captures.answer(401, "")));
      assertThat(hook.judge(sent, Origin.NONE, Captures.answer(410, ""), null))
          .isEqualTo(new Verdict.Dead("gone", Captures.answer(410, "")));
      assertThat(hook.judge(sent, Origin.NONE, Captures.answer(404, ""), null))
          .isEqualTo(new Verdict.Unjudged(Captures.answer(404, "")));
      assertThat(hook.judge(sent, Origin.NONE, Captures.answer(500, ""), null))
          .isInstanceOfSatisfying(
              Verdict.Failed.class,
              failed -> assertThat(failed.message())
                  .startsWith("test.lua:")
                  .contains("on_response returned a number"));
    }
  }

  @Test
  void turnsABatchIntoRequests() throws Exception {
    try (PlayerHook hook = Scripts.open(folder, Stage.REPLAY, """
        function on_batch(reqs)
          local lines = {}
          for i, req in ipairs(reqs) do lines[i] = req.body end
          return request{url = "http://sink.example/bulk", body = table.concat(lines, "\\n")}
        end""")) {
      Capture bulk = only(hook.batch(
          List.of(Captures.post("/", "a"), Captures.post("/", "b"), Captures.post("/", "c"))));
      assertThat(bulk.request().body().bytes()).asString().isEqualTo("a\nb\nc");
      assertThat(bulk.request().authority()).isEqualTo("sink.example");
      assertThat(bulk.request().headers().get("Content-Length")).isEqualTo("5");
    }
  }
}
