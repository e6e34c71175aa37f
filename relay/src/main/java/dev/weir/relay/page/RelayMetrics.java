package dev.weir.relay.page;

import dev.weir.http.Metrics;
import dev.weir.relay.bucket.BucketView;
import dev.weir.relay.bucket.RunBook;
import dev.weir.relay.fleet.Totals;
import dev.weir.relay.lease.GroupView;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The relay's figures; each is explained in {@code docs/reference/metrics.md}. */
final class RelayMetrics {
  private final Metrics metrics = new Metrics();

  private RelayMetrics() {}

  static Metrics of(Totals totals, Collection<BucketView> buckets) {
    RelayMetrics relay = new RelayMetrics();
    relay.add(totals);
    for (BucketView bucket : buckets) {
      relay.add(bucket);
      bucket.groups().forEach(group -> relay.add(bucket, group));
    }
    return relay.metrics;
  }

  private void add(Totals totals) {
    metrics
        .counter("weir_ledger_captured_captures", "captured by all proxies", totals.captured())
        .counter(
            "weir_ledger_filtered_captures",
            "decided against, by a source, a hook or a player",
            totals.filtered())
        .counter(
            "weir_ledger_delivered_captures",
            "delivered, by each bucket's slowest group",
            totals.delivered())
        .counter("weir_ledger_lost_captures", "lost, for whatever reason", totals.lost())
        .gauge(
            "weir_ledger_waiting_captures",
            "on their way, from a proxy's memory to a player's lease",
            totals.waiting())
        .gauge("weir_ledger_dead_captures", "in the dead buckets", totals.dead())
        .gauge(
            "weir_ledger_imbalance",
            "captures that the books cannot explain; anything but 0 is a bug",
            totals.imbalance());
  }

  private void add(BucketView view) {
    String bucket = view.name().value();
    RunBook books = view.totals();
    metrics
        .counter("weir_bucket_stored_captures", "stored", books.stored(), "bucket", bucket)
        .counter(
            "weir_bucket_copies_captures",
            "made of those that are stored by a script that split them",
            books.copies(),
            "bucket",
            bucket)
        .counter(
            "weir_bucket_filtered_captures",
            "dropped by a script on their arrival",
            books.filtered(),
            "bucket",
            bucket)
        .counter(
            "weir_bucket_arrival_lost_captures",
            "lost before they were stored here",
            books.lost().total() + books.rolledBack(),
            "bucket",
            bucket)
        .gauge("weir_bucket_size_bytes", "on disk", view.used().bytes(), "bucket", bucket)
        .gauge(
            "weir_bucket_limit_bytes", "the most on disk", view.limit().bytes(), "bucket", bucket)
        .gauge(
            "weir_bucket_dead_bytes",
            "the dead bucket's size on disk",
            view.dead().bytes(),
            "bucket",
            bucket)
        .gauge(
            "weir_bucket_paused",
            "1 while somebody has none of its groups lease, else 0",
            view.pausedMs() == null ? 0 : 1,
            "bucket",
            bucket)
        .gauge(
            "weir_bucket_oldest_seconds",
            "age of the oldest capture that a group still needs; 0 where there is none",
            seconds(view.oldestMs()),
            "bucket",
            bucket);
  }

  private void add(BucketView bucket, GroupView view) {
    String[] labels = {"bucket", bucket.name().value(), "group", view.name().value()};
    metrics
        .counter("weir_group_delivered_captures", "delivered", view.delivered(), labels)
        .counter("weir_group_filtered_captures", "refused by a hook", view.filtered(), labels)
        .counter(
            "weir_group_lost_captures",
            "lost before this group had them",
            view.lost().total(),
            labels)
        .counter(
            "weir_group_rewound_captures",
            "counted once more because somebody had the group go back",
            view.rewound(),
            labels)
        .gauge(
            "weir_group_paused",
            "1 while somebody has it lease nothing, else 0",
            view.pausedMs() == null ? 0 : 1,
            labels)
        .gauge("weir_group_waiting_captures", "to be leased", view.waiting(), labels)
        .gauge("weir_group_leased_captures", "at a player", view.leased(), labels)
        .gauge("weir_group_delayed_captures", "to be tried again later", view.delayed(), labels)
        .gauge(
            "weir_group_dead_captures",
            "in the dead bucket, those that are tried again included",
            view.dead(),
            labels);
  }

  private static double seconds(@Nullable Long millis) {
    return millis == null ? 0 : millis / 1000.0;
  }
}
