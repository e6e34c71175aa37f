package dev.weir.script;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a script has done so far, for the page.
 *
 * @param dropped by reason
 * @param p99 of the time of a call, from a sample of the calls
 * @param lastError message with file and line; null: none yet
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
    @Nullable String reloadError) {}
