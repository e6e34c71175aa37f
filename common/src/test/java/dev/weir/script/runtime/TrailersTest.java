package dev.weir.script.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.capture.Response;
import dev.weir.script.Hook;
import dev.weir.script.Hook.Result;
import dev.weir.script.Scope;
import dev.weir.script.ScriptSettings;
import dev.weir.script.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No script sees the fields after a chunked body: where one has run, none of them is stored. */
final class TrailersTest {
  private static final Headers TRAILERS = Headers.of(
      "Cookie", "sid=s3cret", "Set-Cookie", "sid=s3cret", "Authorization", "s3cret", "Sum", "1");

  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"scrub-session-cookies.lua", "scrub-authorization.lua"})
  void hideNothingFromAScrubber(String script) throws Exception {
    Path shipped = Path.of("..", "scripts", script);
    try (Hook hook = Scripts.open(Scope.of(Stage.CAPTURE), ScriptSettings.of(shipped))) {
      Capture stored = kept(hook);
      assertThat(new String(CaptureCodec.encode(stored), ISO_8859_1)).doesNotContain("s3cret");
    }
  }

  @Test
  void goWhereAScriptLeavesTheRestAsItIs() throws Exception {
    try (Hook hook = Scripts.capturing(folder, "return true")) {
      Capture stored = kept(hook);
      assertThat(stored.request().trailers()).isEqualTo(Headers.NONE);
      assertThat(stored.response().trailers()).isEqualTo(Headers.NONE);
    }
  }

  @Test
  void stayWhereNoScriptRuns() throws Exception {
    try (Hook hook = Scripts.open(folder, Stage.CAPTURE, "every(1, function() end)")) {
      assertThat(kept(hook).request().trailers()).isEqualTo(TRAILERS);
    }
  }

  private static Capture kept(Hook hook) {
    Result result = hook.run(capture());
    assertThat(result).isInstanceOf(Result.Kept.class);
    return ((Result.Kept) result).emissions().get(0).capture();
  }

  private static Capture capture() {
    Headers chunked = Headers.of("Transfer-Encoding", "chunked");
    return new Capture(
        "http",
        Capture.Kind.HTTP,
        Instant.parse("2024-05-06T07:08:09.5Z"),
        "connection-1",
        new Request(
            "POST",
            "http",
            "shop.example",
            "/",
            "HTTP/1.1",
            chunked,
            Body.EMPTY,
            TRAILERS,
            new Client("10.0.0.7", 4711)),
        new Response(200, "HTTP/1.1", chunked, Body.EMPTY, TRAILERS, Duration.ZERO),
        Map.of());
  }
}
