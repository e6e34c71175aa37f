package dev.weir.player.replay;

import dev.weir.loop.Ticker;
import dev.weir.player.target.Outcome;
import dev.weir.wire.PlayerReport.ReplayState;
import dev.weir.wire.ScriptState;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What a replay has done since its start. The replay's thread counts, any thread reads. */
final class ReplayMeter {
  private final LongAdder leased = new LongAdder();
  private final LongAdder delivered = new LongAdder();
  private final LongAdder filtered = new LongAdder();
  private final LongAdder retried = new LongAdder();
  private final LongAdder dead = new LongAdder();
  private final Map<String, LongAdder> answered = new ConcurrentSkipListMap<>();
  private final Latencies latencies;
  private volatile Circuit.State circuit = Circuit.State.CLOSED;
  private volatile String lastError = "";

  ReplayMeter(Ticker ticker) {
    this.latencies = new Latencies(ticker);
  }

  void leased(int captures) {
    leased.add(captures);
  }

  void delivered() {
    delivered.increment();
  }

  void filtered() {
    filtered.increment();
  }

  void retried(String reason) {
    retried.increment();
    lastError = reason;
  }

  void dead(String reason) {
    dead.increment();
    lastError = reason;
  }

  /** One attempt, whatever came of it. */
  void attempted(Outcome outcome, Duration took) {
    if (outcome instanceof Outcome.Dead && outcome.answer() == null) {
      return; // it was never sent
    }
    latencies.record(took);
    if (outcome.answer() != null) {
      String statusClass = outcome.answer().status() / 100 + "xx";
      answered.computeIfAbsent(statusClass, c -> new LongAdder()).increment();
    }
  }

  void circuit(Circuit.State state) {
    circuit = state;
  }

  String lastError() {
    return lastError;
  }

  ReplayState state(Replay config, List<ScriptState> scripts) {
    SortedMap<String, Long> classes = new TreeMap<>();
    answered.forEach((statusClass, count) -> classes.put(statusClass, count.sum()));
    Latencies.Percentiles percentiles = latencies.percentiles();
    return new ReplayState(
        config.bucket().value(),
        config.group().value(),
        config.target().label(),
        config.order().name().toLowerCase(Locale.ROOT),
        leased.sum(),
        delivered.sum(),
        filtered.sum(),
        retried.sum(),
        dead.sum(),
        classes,
        percentiles.p50(),
        percentiles.p95(),
        percentiles.p99(),
        circuit.toString(),
        lastError,
        scripts);
  }
}
