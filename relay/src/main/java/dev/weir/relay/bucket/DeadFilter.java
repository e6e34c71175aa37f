package dev.weir.relay.bucket;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.MalformedException;
import dev.weir.relay.store.DeadCapture;
import dev.weir.relay.store.DeadRow;
import dev.weir.relay.store.DeadRow.State;
import dev.weir.unit.Wildcard;
import dev.weir.wire.DeadPage;
import dev.weir.wire.DeadQuery;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tells whether a dead capture is one of those that a query means, and what to say of it. */
final class DeadFilter {
  private final DeadQuery query;
  private final @Nullable Wildcard reason;
  private final @Nullable Wildcard path;
  private final long nowMs;

  DeadFilter(DeadQuery query, Instant now) {
    this.query = query;
    this.reason = query.reason() == null ? null : new Wildcard("*" + query.reason() + "*");
    this.path = query.path() == null ? null : new Wildcard(query.path());
    this.nowMs = now.toEpochMilli();
  }

  /** Null where it is not meant. */
  DeadPage.@Nullable Dead of(DeadRow row) {
    DeadCapture dead = row.capture();
    if (!isMeant(row.number(), dead)) {
      return null;
    }
    Capture capture = decoded(dead);
    String method = capture == null ? "" : capture.request().method();
    String target = capture == null ? "" : capture.request().target();
    boolean meant = (query.method() == null || query.method().equalsIgnoreCase(method))
        && (path == null || path.matches(target.replaceFirst("\\?.*", "")));
    return !meant
        ? null
        : new DeadPage.Dead(
            row.number(),
            dead.group(),
            dead.id().toString(),
            dead.died().toEpochMilli(),
            dead.reason(),
            dead.attempts(),
            dead.status(),
            row.state() == State.DUE,
            method,
            capture == null ? "" : capture.request().authority(),
            target);
  }

  /** What can be told without looking into the capture. */
  private boolean isMeant(long number, DeadCapture dead) {
    long ageMs = nowMs - dead.died().toEpochMilli();
    return (query.number() == null || query.number() == number)
        && (query.group() == null || query.group().equals(dead.group()))
        && (reason == null || reason.matches(dead.reason()))
        && (query.olderThanMs() == null || ageMs >= query.olderThanMs())
        && (query.newerThanMs() == null || ageMs <= query.newerThanMs())
        && hasStatus(dead.status());
  }

  private boolean hasStatus(int status) {
    String wanted = query.status();
    return wanted == null
        || (wanted.endsWith("xx")
            ? wanted.charAt(0) - '0' == status / 100
            : Integer.parseInt(wanted) == status);
  }

  /** Null where it cannot be read. */
  static @Nullable Capture decoded(DeadCapture dead) {
    try {
      return CaptureCodec.decode(dead.capture());
    } catch (MalformedException e) {
      return null;
    }
  }
}
