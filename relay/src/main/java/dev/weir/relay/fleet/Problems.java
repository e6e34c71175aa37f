package dev.weir.relay.fleet;

import dev.weir.relay.fleet.Stats.BucketRow;
import dev.weir.relay.fleet.Stats.GroupRow;
import dev.weir.relay.fleet.Stats.ProxyRow;
import dev.weir.relay.fleet.Stats.ReplayRow;
import dev.weir.relay.lease.Group;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** What somebody should see after, in sentences, the worst first. */
final class Problems {
  /** A bucket that will be full within this time is a problem. */
  private static final Duration FULL_SOON = Duration.ofHours(4);

  private static final double NEARLY_FULL = 0.9;

  /** A player has one silence, however many replays. */
  private final Set<String> sentences = new LinkedHashSet<>();

  private Problems() {}

  static List<String> of(
      Totals totals,
      SortedMap<String, Long> lostLately,
      List<ProxyRow> proxies,
      List<BucketRow> buckets,
      List<ReplayRow> replays,
      List<ScriptRow> scripts,
      List<TokenRow> tokens) {
    Problems problems = new Problems();
    problems.add(totals);
    problems.add(lostLately);
    buckets.forEach(problems::add);
    proxies.forEach(problems::add);
    replays.forEach(problems::add);
    scripts.stream().filter(ScriptRow::bad).forEach(problems::add);
    tokens.stream().filter(TokenRow::endsSoon).forEach(problems::add);
    return List.copyOf(problems.sentences);
  }

  private void add(Totals totals) {
    if (totals.imbalance() != 0) {
      sentences.add("the ledger is off by " + totals.imbalance() + ": please report this as a bug");
    }
  }

  private void add(SortedMap<String, Long> lostLately) {
    if (!lostLately.isEmpty()) {
      long all = lostLately.values().stream().mapToLong(Long::longValue).sum();
      sentences.add(Spoken.count(all) + (all == 1 ? " capture was" : " captures were")
          + " lost within a day: " + Spoken.counts(lostLately));
    }
  }

  private void add(BucketRow bucket) {
    String name = "bucket " + bucket.name();
    if (bucket.trouble() != null) {
      sentences.add(name + " cannot write: " + bucket.trouble());
    }
    if (bucket.filled() >= NEARLY_FULL) {
      sentences.add(name + " is " + Spoken.percent(bucket.filled()) + " full" + holders(bucket));
    } else if (bucket.fullInMs() != null && bucket.fullInMs() < FULL_SOON.toMillis()) {
      sentences.add(
          name + " will be full in " + Spoken.millis(bucket.fullInMs()) + holders(bucket));
    }
    if (bucket.pausedMs() != null) {
      sentences.add(
          name + " is paused for " + Spoken.millis(bucket.pausedMs()) + ": nobody leases from it");
    }
    if (bucket.dead() > 0) {
      sentences.add(name + " has " + Spoken.count(bucket.dead())
          + " dead: see weir dead ls --bucket " + bucket.name());
    }
    bucket.groups().forEach(group -> add(name + ": group " + group.name(), group));
  }

  private void add(String name, GroupRow group) {
    if (group.pausedMs() != null) {
      sentences.add(name + " is paused for " + Spoken.millis(group.pausedMs()) + ", "
          + Spoken.count(group.open()) + " wait");
    }
    boolean isUnheard = group.unheardMs() > Group.SILENT_AFTER.toMillis();
    if (isUnheard && group.pausedMs() == null && group.open() > 0) {
      sentences.add(name + ": " + Spoken.count(group.open()) + " wait, and nobody has asked for "
          + Spoken.millis(group.unheardMs()));
    }
    if (group.stuck()) {
      sentences.add(name + " reads no further: too many captures are leased, wait to be tried"
          + " again, or wait for another of their session");
    }
  }

  /** Who holds a bucket's captures back. */
  private static String holders(BucketRow bucket) {
    List<String> names = bucket.groups().stream()
        .filter(bucket::isHeldBy)
        .filter(group -> group.open() > 0)
        .map(group -> group.name() + (group.pausedMs() == null ? "" : " (paused)"))
        .toList();
    return names.isEmpty() ? "" : "; held by group " + String.join(", ", names);
  }

  private void add(ProxyRow proxy) {
    if (proxy.missed()) {
      sentences.add("proxy " + proxy.name() + (proxy.stopped() ? " stopped " : " silent for ")
          + Spoken.millis(proxy.seenMs()) + (proxy.stopped() ? " ago" : "")
          + (proxy.waiting() == 0 ? "" : ", " + Spoken.count(proxy.waiting()) + " wait there"));
    } else if (proxy.isStuck()) {
      sentences.add("proxy " + proxy.name() + " does not ship: " + proxy.state());
    }
  }

  private void add(ReplayRow replay) {
    if (replay.silent()) {
      sentences.add("player " + replay.player() + " silent for " + Spoken.millis(replay.seenMs()));
    } else if (replay.holdsBack()) {
      sentences.add("player " + replay.player() + " holds back from "
          + replay.state().target() + ": " + replay.state().lastError());
    }
  }

  private void add(ScriptRow row) {
    sentences.add(row.role() + " " + row.name() + ", " + row.place() + ": script "
        + row.state().script() + " " + row.trouble());
  }

  private void add(TokenRow row) {
    sentences.add("token " + row.name() + " (" + row.sha256() + "…) " + row.end());
  }
}
