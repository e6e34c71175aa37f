package dev.weir.relay.fleet;

import dev.weir.wire.PlayerReport;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The last report of every proxy and player, the silent ones included. Any thread may call. */
public final class Fleet {
  /** Whoever is not heard for so long is silent: reports come every ten seconds. */
  public static final Duration SILENT_AFTER = Duration.ofSeconds(30);

  /** So many of each are remembered; beyond it, whoever was silent for longest is forgotten. */
  static final int MAX = 1_000;

  private final InstantSource clock;
  private final Map<String, Heard<ProxyReport>> proxies = new TreeMap<>();
  private final Map<String, Heard<PlayerReport>> players = new TreeMap<>();
  private long changes;

  /** A report and when it came. */
  public record Heard<T>(Instant at, T report) {
    public Duration age(Instant now) {
      return Duration.between(at, now);
    }

    public boolean isSilent(Instant now) {
      return age(now).compareTo(SILENT_AFTER) > 0;
    }
  }

  public Fleet(InstantSource clock) {
    this.clock = clock;
  }

  public void hear(Report report) {
    Instant now = clock.instant();
    if (report.proxy() != null) {
      hearProxy(new Heard<>(now, report.proxy()));
    }
    if (report.player() != null) {
      hearPlayer(new Heard<>(now, report.player()));
    }
  }

  /**
   * A proxy's counters belong to its data directory: one that starts again takes its own place. A
   * copy of a directory that runs beside the original started earlier or later, and stays apart.
   */
  synchronized void hearProxy(Heard<ProxyReport> heard) {
    ProxyReport now = heard.report();
    if (!proxies.containsKey(now.instance())) {
      proxies
          .values()
          .removeIf(known -> known.report().directory().equals(now.directory())
              && known.report().startedAtMs() <= now.startedAtMs());
    }
    proxies.put(now.instance(), heard);
    bound(proxies);
    changes++;
  }

  /** A player's counters end with it: one of its name that went silent is forgotten. */
  synchronized void hearPlayer(Heard<PlayerReport> heard) {
    PlayerReport now = heard.report();
    players
        .values()
        .removeIf(
            known -> known.report().player().equals(now.player()) && known.isSilent(heard.at()));
    players.put(now.instance(), heard);
    bound(players);
    changes++;
  }

  private static <T> void bound(Map<String, Heard<T>> all) {
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

  /** Rises with every report. */
  synchronized long changes() {
    return changes;
  }
}
