package dev.weir.script.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.Capture;
import dev.weir.script.ScriptSettings;
import dev.weir.script.engine.ScriptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScriptTrialTest {
  private static final String HAR = """
      {"log": {"entries": [
        {"startedDateTime": "2024-05-06T09:08:09.123+02:00", "time": 12.5,
         "request": {"method": "GET", "url": "https://shop.example/a?b=c#d", "httpVersion": "HTTP/1.1",
           "headers": [{"name": ":authority", "value": "shop.example"}, {"name": "Cookie", "value": "sid=1; x=2"}]},
         "response": {"status": 200, "httpVersion": "HTTP/1.1", "headers": [{"name": "Content-Encoding", "value": "gzip"}],
           "content": {"text": "aGk=", "encoding": "base64"}}},
        {"request": {"method": "POST", "url": "http://shop.example/bulk", "headers": [], "postData": {"text": "[1,2]"}}},
        {"request": {"method": "GET", "url": "http://shop.example/health", "headers": []}},
        {"request": {"method": "GET", "url": "http://shop.example", "headers": []}},
        {"request": {"method": "GET", "url": "http://shop.example/bad", "headers": []}}]}}""";

  @TempDir
  private Path folder;

  private List<Capture> archive() throws IOException {
    return HarFile.read(Files.writeString(folder.resolve("a.har"), HAR));
  }

  private ScriptTrial.Summary trial(String source) throws Exception {
    Path file = Files.writeString(folder.resolve("s.lua"), source);
    List<Capture> archive = archive();
    return new ScriptTrial(ScriptSettings.of(file), 10)
        .run(each -> archive.forEach(capture -> each.visit(capture, null)));
  }

  @Test
  void readsAnArchive() throws Exception {
    Capture first = archive().get(0);
    assertThat(first.capturedAt()).hasToString("2024-05-06T07:08:09.123Z");
    assertThat(first.request().scheme()).isEqualTo("https");
    assertThat(first.request().authority()).isEqualTo("shop.example");
    assertThat(first.request().target()).isEqualTo("/a?b=c");
    assertThat(first.request().headers()).hasSize(1);
    assertThat(first.response().body().bytes()).asString().isEqualTo("hi");
    assertThat(first.response().headers().get("Content-Encoding")).isNull();
    assertThat(archive().get(3).request().target()).isEqualTo("/");
  }

  @Test
  void saysWhyAFileIsNoArchive() throws Exception {
    Path file = folder.resolve("b.har");
    Files.writeString(file, "{");
    assertThatThrownBy(() -> HarFile.read(file)).hasMessageContaining("b.har: not JSON: line 1");
    Files.writeString(file, "{}");
    assertThatThrownBy(() -> HarFile.read(file)).hasMessageContaining("no log.entries");
    Files.writeString(file, "{\"log\":{\"entries\":[{}]}}");
    assertThatThrownBy(() -> HarFile.read(file)).hasMessageContaining("entry 1: not a URL");
  }

  @Test
  void countsAndShowsWhatAScriptWouldDo() throws Exception {
    ScriptTrial.Summary summary = trial("""
        function on_capture(req)
          req.cookies:drop{"sid"}
          if req.path == "/health" then return drop "health" end
          if req.path == "/bad" then error("bad") end
          if req.path == "/bulk" then
            local a, b = req:clone(), req:clone()
            a.json, b.json = 1, 2
            b.bucket = "second"
            return {a, b}
          end
        end""");

    StringBuilder text = new StringBuilder();
    summary.print(text);
    assertThat(text.toString()).isEqualToNormalizingNewlines("""
        capture 1
          - Cookie: sid=1; x=2
          + Cookie: x=2
        capture 2
          = 1 of 2
          - [1,2]
          + Content-Length: 1
          + 1
          = 2 of 2
          - [1,2]
          + Content-Length: 1
          + 2
          + (buckets [second])
        error: s.lua:4: bad
        on_capture: captures: 5, kept: 1, changed: 1, split: 1, dropped: 1, errors: 1
          dropped "health": 1
        """);
  }

  @Test
  void triesTheHookThatTheScriptHas() throws Exception {
    ScriptTrial.Summary summary = trial("function on_replay(req) req.delay = \"2s\" end");
    assertThat(summary.stage().function()).isEqualTo("on_replay");
    assertThat(summary.changed()).isEqualTo(5);
    assertThat(summary.changes().get(0).lines()).containsExactly("+ (delay 2000 ms)");
    assertThat(trial("function on_replay(req) req.meta.n = req.attempt + 1 end").errors())
        .isZero();
    assertThatThrownBy(() -> trial("function on_batch(reqs) end"))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("has none of on_capture, on_relay, on_replay");
  }
}
