package dev.weir.relay.fleet;

import dev.weir.wire.PlayerReport;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The last report of every proxy and player, those included that are silent or have stopped. A
 * proxy's stays, since its books are part of the ledger; a player's goes a day later. Any thread
 * may call.
 */
public final class Fleet {
  /** Whoever is not heard for so long is silent: reports come every ten seconds. */
  public static final Duration SILENT_AFTER = Duration.ofSeconds(30);

  /** Nobody waits any more for whoever is not heard for so long. */
  static final Duration GONE_AFTER = Duration.ofHours(24);

  /** So many of each are remembered; beyond it, whoever was silent for longest is forgotten. */
  static final int MAX = 1_000;

  /** Nor more bytes of reports, as they came: whoever has any token may report. */
  static final int MAX_BYTES = 16 << 20;

  private final InstantSource clock;
  private final Map<String, Heard<ProxyReport>> proxies = new TreeMap<>();
  private final Map<String, Heard<PlayerReport>> players = new TreeMap<>();
  private long changes;

  /**
   * A report and when it came.
   *
   * @param stopped whether it was the last word of a role that closed in order
   * @param bytes that it came in
   */
  public record Heard<T>(Instant at, boolean stopped, int bytes, T report) {
    public Duration age(Instant now) {
      return Duration.between(at, now);
    }

    /** Unheard of, though it never said that it stops. */
    public boolean isSilent(Instant now) {
      return !stopped && age(now).compareTo(SILENT_AFTER) > 0;
    }

    public boolean isHere(Instant now) {
      return !stopped && !isSilent(now);
    }

    /** Silent or stopped for so long that nobody waits for it. */
    public boolean isGone(Instant now) {
      return age(now).compareTo(GONE_AFTER) > 0;
    }
  }

  public Fleet(InstantSource clock) {
    this.clock = clock;
  }

  /** @param bytes that it came in */
  public void hear(Report report, int bytes) {
    Instant now = clock.instant();
    if (report.proxy() != null) {
      hearProxy(new Heard<>(now, report.stopped(), bytes, report.proxy()));
    }
    if (report.player() != null) {
      hearPlayer(new Heard<>(now, report.stopped(), bytes, report.player()));
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

  /** A player's counters end with it: one of its name that stopped or went silent is forgotten. */
  synchronized void hearPlayer(Heard<PlayerReport> heard) {
    PlayerReport now = heard.report();
    players
        .values()
        .removeIf(known -> known.report().player().equals(now.player())
            && (known.stopped() || known.isSilent(heard.at())));
    players.put(now.instance(), heard);
    bound(players);
    changes++;
  }

  private static <T> void bound(Map<String, Heard<T>> all) {
    long bytes = all.values().stream().mapToLong(Heard::bytes).sum();
    while (all.size() > MAX || bytes > MAX_BYTES) {
      Heard<T> longest = Collections.min(all.values(), Comparator.comparing(Heard::at));
      all.values().remove(longest);
      bytes -= longest.bytes();
    }
  }

  public synchronized List<Heard<ProxyReport>> proxies() {
    return new ArrayList<>(proxies.values());
  }

  public synchronized List<Heard<PlayerReport>> players() {
    Instant now = clock.instant();
    if (players.values().removeIf(known -> known.isGone(now))) {
      changes++;
    }
    return new ArrayList<>(players.values());
  }

  /** Rises with every report. */
  synchronized long changes() {
    return changes;
  }
}
