package dev.weir.relay.fleet;

import dev.weir.http.Refusals;
import dev.weir.http.Tokens;
import dev.weir.relay.bucket.BucketView;
import dev.weir.relay.bucket.Buckets;
import dev.weir.relay.fleet.Fleet.Heard;
import dev.weir.relay.fleet.Stats.BucketRow;
import dev.weir.relay.fleet.Stats.ProxyRow;
import dev.weir.relay.fleet.Stats.ReplayRow;
import dev.weir.unit.Version;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.ScriptState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Puts the whole picture together: fleet, buckets and how fast they are. Any thread may call. */
public final class Observatory {
  private final Own own;
  private final Buckets buckets;
  private final Fleet fleet;
  private final Pulse pulse;
  private final InstantSource clock;
  private final Instant started;
  private final RecentLosses losses;

  /**
   * What the relay has to say of itself.
   *
   * @param scripts by bucket
   * @param tokens that it knows
   * @param refusals whom its listeners turned away, by the listener's name
   */
  public record Own(
      String name,
      Supplier<SortedMap<String, List<ScriptState>>> scripts,
      Tokens tokens,
      Map<String, Refusals> refusals) {}

  public Observatory(
      Own own,
      Buckets buckets,
      Fleet fleet,
      Pulse pulse,
      RecentLosses losses,
      InstantSource clock) {
    this.own = own;
    this.buckets = buckets;
    this.fleet = fleet;
    this.pulse = pulse;
    this.losses = losses;
    this.clock = clock;
    this.started = clock.instant();
  }

  /**
   * Notes now and then what was lost, for {@link #stats} to tell what is new.
   *
   * @return when to call again
   */
  public Duration noteLosses() {
    Map<String, BucketView> views = byName();
    return losses.take(lost(totals(views, fleet.proxies()), views));
  }

  /** Which group stands for its bucket in the totals changes; what each has lost only grows. */
  private static SortedMap<String, SortedMap<String, Long>> lost(
      Totals totals, Map<String, BucketView> views) {
    SortedMap<String, Long> noGroup = new TreeMap<>(totals.lostByReason());
    SortedMap<String, SortedMap<String, Long>> lost = new TreeMap<>();
    lost.put(RecentLosses.NO_GROUP, noGroup);
    views.forEach((bucket, view) -> {
      view.slowest()
          .lost()
          .byName()
          .forEach((reason, count) -> noGroup.merge(reason, -count, Long::sum));
      view.groups()
          .forEach(group -> lost.put(bucket + "/" + group.name(), group.lost().byName()));
    });
    return lost;
  }

  /** The sums alone. */
  public Totals totals() {
    return totals(byName(), fleet.proxies());
  }

  public Stats stats() {
    Instant now = clock.instant();
    Map<String, BucketView> views = byName();
    List<Heard<ProxyReport>> reports = fleet.proxies();
    List<ProxyRow> proxies = new ArrayList<>();
    reports.forEach(heard -> proxies.add(ProxyRow.of(heard, now)));
    List<BucketRow> rows = new ArrayList<>();
    views.values().forEach(view -> rows.add(BucketRow.of(view, pulse.of(view))));
    List<ReplayRow> replays = new ArrayList<>();
    fleet.players().forEach(heard -> replays.addAll(ReplayRow.of(heard, now)));
    List<ScriptRow> scripts = new ArrayList<>();
    reports.forEach(heard -> scripts.addAll(ScriptRow.of(heard, now)));
    own.scripts()
        .get()
        .forEach((bucket, states) -> states.forEach(state ->
            scripts.add(ScriptRow.of("relay", own.name(), "bucket " + bucket, state, now))));
    fleet.players().forEach(heard -> scripts.addAll(ScriptRow.ofPlayer(heard, now)));
    List<TokenRow> tokenRows = own.tokens().uses().stream()
        .map(use -> TokenRow.of(use, own.tokens().now()))
        .toList();
    Totals totals = totals(views, reports);
    return new Stats(
        totals,
        own.name(),
        Version.CURRENT,
        Math.max(0, Duration.between(started, now).toMillis()),
        refused(),
        Problems.of(
            totals, losses.upTo(lost(totals, views)), proxies, rows, replays, scripts, tokenRows),
        proxies,
        rows,
        replays,
        scripts,
        tokenRows);
  }

  private SortedMap<String, Long> refused() {
    SortedMap<String, Long> sums = new TreeMap<>();
    for (Refusals listener : own.refusals().values()) {
      listener.byReason().forEach((reason, count) -> sums.merge(reason, count, Long::sum));
    }
    sums.values().removeIf(count -> count == 0);
    return sums;
  }

  private Map<String, BucketView> byName() {
    Map<String, BucketView> views = new TreeMap<>();
    buckets.views().forEach(view -> views.put(view.name().value(), view));
    return views;
  }

  private static Totals totals(Map<String, BucketView> views, List<Heard<ProxyReport>> reports) {
    return Totals.of(reports.stream().map(Heard::report).toList(), views);
  }
}
