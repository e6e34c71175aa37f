package dev.weir.wire;

import java.util.Objects;
import java.util.SortedMap;

/**
 * What a script has done since its role started.
 *
 * @param script its file's name
 * @param dropped captures, by the reason that it gave
 * @param p99Ms of the time of a call
 * @param lastError with file and line; empty: none yet
 * @param lastErrorAtMs wall-clock milliseconds since 1970; 0: none yet
 * @param reloadError why the newest file is not the one that runs; empty: it is
 */
public record ScriptState(
    String script,
    long calls,
    long errors,
    SortedMap<String, Long> dropped,
    double p99Ms,
    String lastError,
    long lastErrorAtMs,
    String reloadError) {
  public ScriptState {
    Objects.requireNonNull(script, "no script");
    dropped = ProxyReport.sorted(dropped);
    lastError = lastError == null ? "" : lastError;
    reloadError = reloadError == null ? "" : reloadError;
  }
}
