package dev.weir.relay.fleet;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.weir.relay.fleet.Fleet.Heard;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.PlayerReport.ReplayState;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.ScriptState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A script at work somewhere, as it was when its role last reported.
 *
 * @param role {@code proxy}, {@code relay} or {@code player}, called {@code name}
 * @param place what it works on there, such as {@code source shop}
 * @param bad whether it has failed lately, or its newest file does not run; never where its role
 *     does not run
 */
public record ScriptRow(
    String role,
    String name,
    String place,
    boolean bad,
    @JsonUnwrapped ScriptState state) {
  /** So long after its last error a script counts as failing. */
  private static final Duration LATELY = Duration.ofMinutes(5);

  static List<ScriptRow> of(Heard<ProxyReport> heard, Instant now) {
    List<ScriptRow> rows = new ArrayList<>();
    new TreeMap<>(heard.report().scripts()).forEach((source, states) -> {
      for (ScriptState state : states) {
        rows.add(of("proxy", heard.report().proxy(), "source " + source, state, now));
      }
    });
    return heard.isHere(now) ? rows : past(rows);
  }

  static List<ScriptRow> ofPlayer(Heard<PlayerReport> heard, Instant now) {
    List<ScriptRow> rows = new ArrayList<>();
    for (ReplayState replay : heard.report().replays()) {
      String place = "replay of " + replay.bucket() + " for " + replay.group();
      for (ScriptState state : replay.scripts()) {
        rows.add(of("player", heard.report().player(), place, state, now));
      }
    }
    return heard.isHere(now) ? rows : past(rows);
  }

  private static List<ScriptRow> past(List<ScriptRow> rows) {
    return rows.stream()
        .map(row -> new ScriptRow(row.role, row.name, row.place, false, row.state))
        .toList();
  }

  static ScriptRow of(String role, String name, String place, ScriptState state, Instant now) {
    boolean failsLately = !state.lastError().isEmpty()
        && now.toEpochMilli() - state.lastErrorAtMs() < LATELY.toMillis();
    return new ScriptRow(role, name, place, failsLately || !state.reloadError().isEmpty(), state);
  }

  /** What is wrong, or was wrong last; empty where nothing ever was. */
  @JsonIgnore
  public String trouble() {
    return state.reloadError().isEmpty()
        ? state.lastError().isEmpty() ? "" : "failed: " + state.lastError()
        : "not reloaded, the old one runs: " + state.reloadError();
  }
}
