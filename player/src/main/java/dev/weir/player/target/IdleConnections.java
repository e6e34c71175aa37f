package dev.weir.player.target;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections that wait for their next exchange: a few for each key, bounded in number and time.
 * One thread's own.
 */
final class IdleConnections<C> {
  private final int most;
  private final long longest;
  private final Map<String, Deque<C>> byKey = new HashMap<>();

  /** What waits, longest first. */
  private final Map<C, Since> since = new LinkedHashMap<>();

  private record Since(String key, long nanos) {}

  IdleConnections(int most, Duration longest) {
    this.most = most;
    this.longest = longest.toNanos();
  }

  boolean isEmpty() {
    return since.isEmpty();
  }

  /** The one that was used last, or null. */
  @Nullable
  C take(String key) {
    Deque<C> waiting = byKey.get(key);
    if (waiting == null) {
      return null;
    }
    C connection = waiting.getLast();
    remove(connection);
    return connection;
  }

  void put(String key, C connection, long now) {
    byKey.computeIfAbsent(key, k -> new ArrayDeque<>(2)).addLast(connection);
    since.put(connection, new Since(key, now));
  }

  /** Forgets it, if it is here. */
  void remove(C connection) {
    Since entry = since.remove(connection);
    if (entry == null) {
      return;
    }
    Deque<C> waiting = byKey.get(entry.key());
    if (waiting != null && waiting.removeLastOccurrence(connection) && waiting.isEmpty()) {
      byKey.remove(entry.key());
    }
  }

  /** Takes out what has waited too long, and the oldest of what is too many. */
  List<C> expire(long now) {
    List<C> expired = new ArrayList<>();
    int tooMany = since.size() - most;
    Iterator<Map.Entry<C, Since>> oldest = since.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<C, Since> entry = oldest.next();
      if (expired.size() >= tooMany && now - entry.getValue().nanos() < longest) {
        break;
      }
      expired.add(entry.getKey());
    }
    expired.forEach(this::remove);
    return expired;
  }

  List<C> all() {
    return List.copyOf(since.keySet());
  }
}
