package dev.weir.wire;

import java.util.List;
import java.util.Objects;
import java.util.SortedMap;

/**
 * What a player says of itself. Its counters are its own, since its start: the ledger is the
 * relay's.
 *
 * @param instance a random id of this start
 */
public record PlayerReport(
    String player, String instance, String version, long startedAtMs, List<ReplayState> replays) {
  public PlayerReport {
    Objects.requireNonNull(player, "no player");
    Objects.requireNonNull(instance, "no instance");
    Objects.requireNonNull(version, "no version");
    replays = replays == null ? List.of() : List.copyOf(replays);
  }

  /**
   * One replay: what it did and how it is.
   *
   * @param answered answers by status class, such as {@code 2xx}
   * @param retried attempts that will be made again
   * @param circuit {@code closed}, {@code open} or {@code half-open}
   * @param lastError what went wrong last, empty where nothing did
   */
  public record ReplayState(
      String bucket,
      String group,
      String target,
      String order,
      long leased,
      long delivered,
      long filtered,
      long retried,
      long dead,
      SortedMap<String, Long> answered,
      double p50Ms,
      double p95Ms,
      double p99Ms,
      String circuit,
      String lastError,
      List<ScriptState> scripts) {
    public ReplayState {
      Objects.requireNonNull(bucket, "no bucket");
      Objects.requireNonNull(group, "no group");
      Objects.requireNonNull(target, "no target");
      Objects.requireNonNull(order, "no order");
      Objects.requireNonNull(circuit, "no circuit");
      Objects.requireNonNull(lastError, "no lastError");
      scripts = scripts == null ? List.of() : List.copyOf(scripts);
      answered = ProxyReport.sorted(answered);
    }
  }
}
