package dev.weir.player;

import dev.weir.http.Metrics;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.PlayerReport.ReplayState;
import java.util.Map;

/** The player's figures; each is explained in {@code docs/reference/metrics.md}. */
final class PlayerMetrics {
  private static final double MILLIS = 1_000;

  private final Metrics metrics = new Metrics();

  private PlayerMetrics() {}

  static Metrics of(PlayerReport report) {
    PlayerMetrics player = new PlayerMetrics();
    report.replays().forEach(player::add);
    return player.metrics;
  }

  private void add(ReplayState state) {
    String[] labels = {"bucket", state.bucket(), "group", state.group()};
    metrics
        .counter("weir_replay_leased_captures", "leased from the relay", state.leased(), labels)
        .counter("weir_replay_delivered_captures", "the target has", state.delivered(), labels)
        .counter("weir_replay_filtered_captures", "refused by a hook", state.filtered(), labels)
        .counter(
            "weir_replay_retried_attempts",
            "failed, to be made again later",
            state.retried(),
            labels)
        .counter("weir_replay_dead_captures", "given up", state.dead(), labels)
        .summary(
            "weir_replay_attempt_seconds",
            "how long attempts took, in the last ten to twenty seconds with traffic",
            quantiles(state),
            labels)
        .gauge(
            "weir_replay_circuit_open",
            "1 while the target fails and leasing is held back, else 0",
            state.circuit().equals("closed") ? 0 : 1,
            labels);
    state
        .answered()
        .forEach((statusClass, count) -> metrics.counter(
            "weir_replay_answers",
            "answers of the target",
            count,
            "bucket",
            state.bucket(),
            "group",
            state.group(),
            "status",
            statusClass));
  }

  private static Map<Double, Double> quantiles(ReplayState state) {
    return Map.of(
        0.5, state.p50Ms() / MILLIS,
        0.95, state.p95Ms() / MILLIS,
        0.99, state.p99Ms() / MILLIS);
  }
}
