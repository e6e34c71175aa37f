package dev.weir.relay.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.wire.Json;
import dev.weir.wire.ScriptState;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScriptRowTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static ScriptRow row(String lastError, long agoMs, String reloadError) {
    ScriptState state = new ScriptState(
        "scrub.lua",
        10,
        2,
        new TreeMap<>(Map.of("health", 3L)),
        0.1,
        lastError,
        NOW.toEpochMilli() - agoMs,
        reloadError);
    return ScriptRow.of("proxy", "web-1", "source shop", state, NOW);
  }

  @Test
  void isBadWhileTheScriptFails() {
    assertThat(row("scrub.lua:2: no", 1_000, "").bad()).isTrue();
    assertThat(row("scrub.lua:2: no", 300_000, "").bad()).isFalse();
    assertThat(row("", 0, "").bad()).isFalse(); // what failed was another script
  }

  @Test
  void isBadWhileTheNewestFileDoesNotRun() {
    ScriptRow row = row("", 0, "scrub.lua:1: unexpected end");
    assertThat(row.bad()).isTrue();
    assertThat(row.trouble())
        .isEqualTo("not reloaded, the old one runs: scrub.lua:1: unexpected end");
  }

  @Test
  void standsFlatInTheStatistics() {
    assertThat(Json.text(row("", 0, "")))
        .contains("\"role\":\"proxy\"", "\"script\":\"scrub.lua\"", "\"dropped\":{\"health\":3}")
        .doesNotContain("\"state\"", "\"trouble\"");
  }
}
