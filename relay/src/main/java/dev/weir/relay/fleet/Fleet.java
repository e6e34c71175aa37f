package dev.weir.relay.fleet;

import dev.weir.wire.PlayerReport;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.Report;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The last report of every proxy and player, the silent ones included. Any thread may call. */
public final class Fleet {
  /** So many of each are remembered; beyond it, whoever was silent for longest is forgotten. */
  static final int MAX = 1_000;

  private final InstantSource clock;
  private final Map<String, Heard<ProxyReport>> proxies = new HashMap<>();
  private final Map<String, Heard<PlayerReport>> players = new HashMap<>();

  /** A report and when it came. */
  public record Heard<T>(Instant at, T report) {}

  public Fleet(InstantSource clock) {
    this.clock = clock;
  }

  public synchronized void hear(Report report) {
    Instant now = clock.instant();
    ProxyReport proxy = report.proxy();
    if (proxy != null) {
      put(proxies, proxy.instance(), new Heard<>(now, proxy));
    }
    PlayerReport player = report.player();
    if (player != null) {
      put(players, player.instance(), new Heard<>(now, player));
    }
  }

  private static <T> void put(Map<String, Heard<T>> all, String instance, Heard<T> heard) {
    all.put(instance, heard);
    if (all.size() > MAX) {
      all.entrySet().stream()
          .min(Comparator.comparing(entry -> entry.getValue().at()))
          .ifPresent(longest -> all.remove(longest.getKey()));
    }
  }

  public synchronized List<Heard<ProxyReport>> proxies() {
    return new ArrayList<>(proxies.values());
  }

  public synchronized List<Heard<PlayerReport>> players() {
    return new ArrayList<>(players.values());
  }
}
