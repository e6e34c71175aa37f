package dev.weir.relay.page;

import dev.weir.relay.fleet.Spoken;
import dev.weir.relay.fleet.Stats;
import dev.weir.relay.fleet.Stats.BucketRow;
import dev.weir.relay.fleet.Stats.GroupRow;
import dev.weir.relay.fleet.Stats.ProxyRow;
import dev.weir.relay.fleet.Stats.ReplayRow;
import dev.weir.relay.fleet.Totals;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The first page: is it working, what is stuck, will it fill up, who is slow. Whole without a
 * script; with one it stays fresh.
 */
final class StatsPage {
  private static final String NOTHING = "–";

  private final Stats stats;
  private final Html html = new Html();

  private StatsPage(Stats stats) {
    this.stats = stats;
  }

  static String of(Stats stats) {
    return new StatsPage(stats).write();
  }

  private String write() {
    html.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>weir · ")
        .text(stats.relay())
        .raw("</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
            + "<link rel=\"stylesheet\" href=\"page.css\"><script src=\"page.js\" defer></script>"
            + "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript></head><body>"
            + "<header><h1><b>weir</b> · ")
        .text(stats.relay())
        .raw("</h1><span id=\"live\"></span></header><main>");
    banner();
    flow();
    buckets();
    groups();
    proxies();
    replays();
    ScriptTable.write(stats.scripts(), html);
    TokenTable.write(stats.tokens(), html);
    html.raw("</main><footer>The same as JSON: <a href=\"v1/stats\">/v1/stats</a> · for"
        + " Prometheus: <a href=\"metrics\">/metrics</a></footer></body></html>\n");
    return html.toString();
  }

  private void banner() {
    html.raw("<p class=\"faint\">up ")
        .text(Spoken.millis(stats.upMs()) + " · version " + stats.version())
        .raw("</p>");
    if (stats.problems().isEmpty()) {
      html.raw("<section class=\"banner\"><b class=\"good\">● All is well</b></section>");
      return;
    }
    int count = stats.problems().size();
    html.raw("<section class=\"banner bad\"><b class=\"bad\">▲ ")
        .text(count + (count == 1 ? " problem" : " problems"))
        .raw("</b><ul>");
    stats.problems().forEach(problem -> html.raw("<li>").text(problem).raw("</li>"));
    html.raw("</ul></section>");
  }

  private void flow() {
    Totals totals = stats.totals();
    double in = 0;
    double out = 0;
    long used = 0;
    for (BucketRow bucket : stats.buckets()) {
      in += bucket.inPerSecond();
      out += bucket.outPerSecond();
      used += bucket.used();
    }
    html.raw("<dl class=\"flow\">");
    tile("Captured", totals.captured(), Spoken.rate(in) + " arrive");
    tile("Waiting", totals.waiting(), Spoken.bytes(used) + " on disk here");
    tile("Delivered", totals.delivered(), Spoken.rate(out) + " settled");
    tile("Filtered", totals.filtered(), "");
    tile("Dead", totals.dead(), "");
    tile("Lost", totals.lost(), reasons(totals.lostByReason()));
    html.raw("</dl><p class=\"faint\">Ledger: ")
        .text(totals.imbalance() == 0 ? "balanced" : "off by " + totals.imbalance())
        .text(besides(totals))
        .text(" · turned away by this relay: " + reasons(stats.refused()))
        .raw("</p>");
  }

  /** What the sums count beside each capture once. */
  private static String besides(Totals totals) {
    SortedMap<String, Long> besides = new TreeMap<>();
    besides.put("copies", totals.copies());
    besides.put("emitted", totals.emitted());
    besides.put("rewound", totals.rewound());
    besides.values().removeIf(count -> count == 0);
    return besides.isEmpty() ? "" : " · counted beside captured: " + Spoken.counts(besides);
  }

  private void tile(String name, long count, String note) {
    html.raw("<div><dt>")
        .text(name)
        .raw("</dt><dd>")
        .text(Spoken.count(count))
        .raw("<small>")
        .text(note)
        .raw("</small></dd></div>");
  }

  private void buckets() {
    html.table(
        "Buckets",
        "Bucket",
        "State",
        "#Waiting",
        "#Leased",
        "#Delayed",
        "#Dead",
        "Lost",
        "On disk",
        "#Oldest",
        "#In",
        "#Out",
        "Full or empty in");
    for (BucketRow bucket : stats.buckets()) {
      html.raw("<tr>").name(bucket.name());
      bucketState(bucket);
      html.figure(Spoken.count(bucket.waiting()))
          .figure(Spoken.count(bucket.leased()))
          .figure(Spoken.count(bucket.delayed()))
          .figure(Spoken.count(bucket.dead()))
          .cell("wide", reasons(bucket.lost()));
      fill(bucket.used(), bucket.limit());
      html.figure(bucket.oldestMs() == null ? NOTHING : Spoken.millis(bucket.oldestMs()))
          .figure(Spoken.rate(bucket.inPerSecond()))
          .figure(Spoken.rate(bucket.outPerSecond()))
          .cell(outlook(bucket))
          .raw("</tr>");
    }
    if (stats.buckets().isEmpty()) {
      html.raw("<tr><td colspan=\"12\">None yet: a bucket appears with its first batch.</td></tr>");
    }
    html.endTable();
  }

  private void bucketState(BucketRow bucket) {
    if (bucket.trouble() != null) {
      html.cell("bad", "▲ cannot write");
    } else if (bucket.pausedMs() != null) {
      html.cell("bad", "‖ paused for " + Spoken.millis(bucket.pausedMs()));
    } else {
      html.cell("good", "● ready");
    }
  }

  private static String outlook(BucketRow bucket) {
    if (bucket.emptyInMs() != null) {
      return "empty in " + Spoken.millis(bucket.emptyInMs());
    }
    return bucket.fullInMs() == null || bucket.waiting() == 0
        ? NOTHING
        : "full in " + Spoken.millis(bucket.fullInMs());
  }

  private void fill(long used, long limit) {
    double share = limit == 0 ? 0 : Math.min(1, (double) used / limit);
    html.raw("<td><meter min=\"0\" max=\"1\" low=\"0.75\" high=\"0.9\" optimum=\"0\" value=\""
            + share + "\"></meter> ")
        .text(Spoken.bytes(used) + " of " + Spoken.bytes(limit))
        .raw("</td>");
  }

  private void groups() {
    html.table(
        "Groups",
        "Bucket",
        "Group",
        "State",
        "#Delivered",
        "#Filtered",
        "#Waiting",
        "#Leased",
        "#Delayed",
        "#Dead",
        "Lost");
    for (BucketRow bucket : stats.buckets()) {
      for (GroupRow group : bucket.groups()) {
        html.raw("<tr>").name(bucket.name()).cell(group.name());
        groupState(bucket, group);
        html.figure(Spoken.count(group.delivered()))
            .figure(Spoken.count(group.filtered()))
            .figure(Spoken.count(group.waiting()))
            .figure(Spoken.count(group.leased()))
            .figure(Spoken.count(group.delayed()))
            .figure(Spoken.count(group.dead()))
            .cell("wide", reasons(group.lost()))
            .raw("</tr>");
      }
    }
    html.endTable();
  }

  private void groupState(BucketRow bucket, GroupRow group) {
    if (group.pausedMs() != null) {
      html.cell("bad", "‖ paused for " + Spoken.millis(group.pausedMs()));
    } else if (group.stuck()) {
      html.cell("bad", "▲ reads no further");
    } else if (group.silent()) {
      String held = bucket.isHeldBy(group) ? "" : ", holds nothing";
      html.cell("faint", "○ silent for " + Spoken.millis(group.unheardMs()) + held);
    } else {
      html.cell("good", group.leases() > 0 ? "● " + group.leases() + " leases" : "● ready");
    }
  }

  private void proxies() {
    html.table(
        "Proxies",
        "Proxy",
        "State",
        "#Captured",
        "Filtered",
        "Lost",
        "#Refused",
        "#Waiting",
        "Spool",
        "#Last shipped",
        "#Last seen",
        "Version");
    for (ProxyRow proxy : stats.proxies()) {
      boolean bad = proxy.missed() || proxy.isStuck();
      html.raw("<tr>").name(proxy.name());
      state(bad, proxy.silent(), proxy.stopped(), proxy.state());
      html.figure(Spoken.count(proxy.captured()))
          .cell("wide", reasons(proxy.filtered()))
          .cell("wide", reasons(proxy.lost()))
          .figure(Spoken.count(proxy.refused()))
          .figure(Spoken.count(proxy.waiting()));
      fill(proxy.used(), proxy.limit());
      html.figure(proxy.shippedAgoMs() < 0 ? NOTHING : ago(proxy.shippedAgoMs()))
          .figure(ago(proxy.seenMs()))
          .cell(proxy.version())
          .raw("</tr>");
    }
    if (stats.proxies().isEmpty()) {
      html.raw("<tr><td colspan=\"12\">None has reported yet.</td></tr>");
    }
    html.endTable();
  }

  private void replays() {
    html.table(
        "Replays",
        "Player",
        "Bucket",
        "Group",
        "Target",
        "State",
        "#Delivered",
        "Answers",
        "#Retried",
        "#Dead",
        "#p50",
        "#p95",
        "#p99",
        "#Last seen",
        "Last error");
    for (ReplayRow row : stats.replays()) {
      html.raw("<tr>")
          .name(row.player())
          .cell(row.state().bucket())
          .cell(row.state().group())
          .cell(row.state().target());
      state(
          row.silent() || row.holdsBack(),
          row.silent(),
          row.stopped(),
          "circuit " + row.state().circuit());
      html.figure(Spoken.count(row.state().delivered()))
          .cell("wide", reasons(row.state().answered()))
          .figure(Spoken.count(row.state().retried()))
          .figure(Spoken.count(row.state().dead()))
          .figure(Spoken.latency(row.state().p50Ms()))
          .figure(Spoken.latency(row.state().p95Ms()))
          .figure(Spoken.latency(row.state().p99Ms()))
          .figure(ago(row.seenMs()))
          .cell("wide", row.state().lastError())
          .raw("</tr>");
    }
    if (stats.replays().isEmpty()) {
      html.raw("<tr><td colspan=\"15\">None has reported yet.</td></tr>");
    }
    html.endTable();
  }

  /** How a role is, or was when it was last heard. */
  private void state(boolean bad, boolean silent, boolean stopped, String running) {
    boolean gone = silent || stopped;
    String words = gone ? (stopped ? "stopped" : "silent") + "; as of then" : running;
    String kind = bad ? "bad" : gone ? "faint" : "good";
    html.cell(kind, (bad ? "▲ " : gone ? "○ " : "● ") + words);
  }

  private static String ago(long millis) {
    return millis < 1_000 ? "now" : Spoken.millis(millis) + " ago";
  }

  /** {@code 3 evicted, 1 crash}; a dash where there are none. */
  static String reasons(SortedMap<String, Long> counts) {
    return counts.isEmpty() ? NOTHING : Spoken.counts(counts);
  }
}
