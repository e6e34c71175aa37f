package dev.weir.relay.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.weir.relay.bucket.BucketView;
import dev.weir.relay.fleet.Fleet.Heard;
import dev.weir.relay.lease.GroupView;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.PlayerReport.ReplayState;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.ProxyReport.BucketState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The whole picture at one moment: what {@code /v1/stats} answers and the page shows.
 *
 * @param refused whom the relay's listeners turned away since its start, by reason
 * @param problems what somebody should look at, worst first; empty where all is well
 */
public record Stats(
    @JsonUnwrapped Totals totals,
    String relay,
    String version,
    long upMs,
    SortedMap<String, Long> refused,
    List<String> problems,
    List<ProxyRow> proxies,
    List<BucketRow> buckets,
    List<ReplayRow> replays,
    List<ScriptRow> scripts,
    List<TokenRow> tokens) {

  /**
   * A proxy, as it was {@code seenMs} ago.
   *
   * @param refused clients that its sources turned away, since its start
   * @param stopped whether it ended in order; else it is silent where it is not heard
   * @param waiting captures that it has not shipped, in memory and on disk
   * @param missed whether somebody should see after it: it is silent, or holds captures for long
   * @param used bytes of its spools, of {@code limit}
   * @param state of the bucket line that is worst off
   */
  public record ProxyRow(
      String name,
      String instance,
      String version,
      long seenMs,
      boolean silent,
      boolean stopped,
      boolean missed,
      long upMs,
      long captured,
      SortedMap<String, Long> filtered,
      SortedMap<String, Long> lost,
      long refused,
      long waiting,
      long used,
      long limit,
      long shippedAgoMs,
      String state,
      long imbalance,
      Map<String, String> health) {
    /** Whoever stops to be started again is back by then. */
    private static final Duration RESTARTED_WITHIN = Duration.ofMinutes(10);

    static ProxyRow of(Heard<ProxyReport> heard, Instant now) {
      ProxyReport report = heard.report();
      long used = 0;
      long limit = 0;
      long shippedAgo = -1;
      long spooled = 0;
      String state = "idle";
      SortedMap<String, Long> lost = new TreeMap<>(report.lost());
      for (BucketState bucket : report.buckets()) {
        spooled += bucket.waiting();
        used += bucket.used();
        limit += bucket.limit();
        shippedAgo = Math.max(shippedAgo, bucket.shippedAgoMs());
        state = rank(bucket.state()) > rank(state) ? bucket.state() : state;
        bucket.lost().forEach((reason, count) -> lost.merge(reason, count, Long::sum));
      }
      return new ProxyRow(
          report.proxy(),
          report.instance(),
          report.version(),
          heard.age(now).toMillis(),
          heard.isSilent(now),
          heard.stopped(),
          isMissed(heard, spooled, now),
          Math.max(0, heard.at().toEpochMilli() - report.startedAtMs()),
          report.captured(),
          report.filtered(),
          lost,
          report.refused(),
          spooled + report.inProgress() + report.queued(),
          used,
          limit,
          shippedAgo,
          state,
          report.imbalance(),
          report.health());
    }

    /** One that has stopped, or is gone for long, is missed only if it took captures along. */
    private static boolean isMissed(Heard<ProxyReport> heard, long spooled, Instant now) {
      boolean left =
          heard.stopped() ? heard.age(now).compareTo(RESTARTED_WITHIN) > 0 : heard.isGone(now);
      return left ? spooled > 0 : heard.isSilent(now);
    }

    private static int rank(String state) {
      return switch (state) {
        case "idle" -> 0;
        case "shipping" -> 1;
        default -> 2; // what keeps it from shipping
      };
    }

    /** Whether it runs and something keeps it from shipping. */
    public boolean isStuck() {
      return !silent && !stopped && rank(state) == 2;
    }
  }

  /**
   * A bucket; its figures are those of its slowest group, but for what is said of each.
   *
   * @param oldestMs age of the oldest capture that a group still needs; null: there is none
   * @param inPerSecond captures, over the last minute
   * @param fullInMs when it will be full if nothing changes; null: not in sight
   * @param emptyInMs when all will be delivered if nothing changes; null: not in sight
   * @param pausedMs for how long none of its groups leases; null: they may
   * @param trouble why it cannot write, or null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BucketRow(
      String name,
      long waiting,
      long leased,
      long delayed,
      long dead,
      SortedMap<String, Long> lost,
      long used,
      long limit,
      @Nullable Long oldestMs,
      double inPerSecond,
      double outPerSecond,
      @Nullable Long fullInMs,
      @Nullable Long emptyInMs,
      int polls,
      @Nullable Long pausedMs,
      @Nullable String trouble,
      long imbalance,
      List<GroupRow> groups) {
    static BucketRow of(BucketView view, Pulse.Flow flow) {
      GroupView slowest = view.slowest();
      double drain = flow.out() - flow.in();
      return new BucketRow(
          view.name().value(),
          slowest.waiting(),
          slowest.leased(),
          slowest.delayed(),
          slowest.dead(),
          slowest.lost().plus(view.totals().lost()).byName(),
          view.used().bytes(),
          view.limit().bytes(),
          view.oldestMs(),
          flow.in(),
          flow.out(),
          drain >= 0 ? null : millis(view.limit().bytes() - view.used().bytes(), flow.growth()),
          slowest.open() == 0 ? null : millis(slowest.open(), drain),
          view.polls(),
          view.pausedMs(),
          view.trouble(),
          view.imbalance(),
          view.groups().stream().map(GroupRow::of).toList());
    }

    /** How long it takes to cover {@code way}; null: for ever, or for more than a year. */
    private static @Nullable Long millis(long way, double perSecond) {
      double millis = perSecond <= 0 ? Double.MAX_VALUE : way * 1000.0 / perSecond;
      return millis > 365L * 24 * 3600 * 1000 ? null : Math.max(0, (long) millis);
    }

    /** Whether a group holds captures back: a silent one only where nobody else may lease. */
    public boolean isHeldBy(GroupRow group) {
      return !group.silent() || pausedMs != null || groups.stream().allMatch(GroupRow::silent);
    }

    public double filled() {
      return limit == 0 ? 0 : (double) used / limit;
    }
  }

  /**
   * @param rewound how many captures are counted once more because somebody had it go back
   * @param stuck whether it leases no further, because too many captures are open
   * @param pausedMs for how long somebody has it lease nothing; null: it may
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record GroupRow(
      String name,
      long captures,
      long rewound,
      long delivered,
      long filtered,
      long waiting,
      long leased,
      long delayed,
      long dead,
      SortedMap<String, Long> lost,
      int leases,
      boolean stuck,
      boolean silent,
      long unheardMs,
      @Nullable Long pausedMs) {
    static GroupRow of(GroupView view) {
      return new GroupRow(
          view.name().value(),
          view.captures(),
          view.rewound(),
          view.delivered(),
          view.filtered(),
          view.waiting(),
          view.leased(),
          view.delayed(),
          view.dead(),
          view.lost().byName(),
          view.leases(),
          view.stuck(),
          view.silent(),
          view.unheard().toMillis(),
          view.pausedMs());
    }

    /** What is not settled. */
    public long open() {
      return waiting + leased + delayed;
    }
  }

  /** A player's replay, as it was {@code seenMs} ago. */
  public record ReplayRow(
      String player,
      String instance,
      long seenMs,
      boolean silent,
      boolean stopped,
      @JsonUnwrapped ReplayState state) {
    static List<ReplayRow> of(Heard<PlayerReport> heard, Instant now) {
      List<ReplayRow> rows = new ArrayList<>();
      for (ReplayState state : heard.report().replays()) {
        rows.add(new ReplayRow(
            heard.report().player(),
            heard.report().instance(),
            heard.age(now).toMillis(),
            heard.isSilent(now),
            heard.stopped(),
            state));
      }
      return rows;
    }

    /** Whether it runs and leaves its target alone. */
    public boolean holdsBack() {
      return !silent && !stopped && !state.circuit().equals("closed");
    }
  }
}
