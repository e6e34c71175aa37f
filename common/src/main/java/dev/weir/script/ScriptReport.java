package dev.weir.script;

import dev.weir.wire.ScriptState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a script has done so far, for the page.
 *
 * @param dropped by reason
 * @param p99 of the time of a call, from a sample of the calls
 * @param lastError message with file and line; null: none since the script was read
 * @param reloadError why the newest file is not the one that runs; null: it is
 */
public record ScriptReport(
    String name,
    long calls,
    long errors,
    Map<String, Long> dropped,
    Duration p99,
    @Nullable String lastError,
    @Nullable Instant lastErrorAt,
    @Nullable String reloadError) {

  /** As the roles tell it each other. */
  public ScriptState state() {
    return new ScriptState(
        name,
        calls,
        errors,
        new TreeMap<>(dropped),
        p99.toNanos() / 1e6,
        lastError == null ? "" : lastError,
        lastErrorAt == null ? 0 : lastErrorAt.toEpochMilli(),
        reloadError == null ? "" : reloadError);
  }
}
