package dev.weir.proxy;

import dev.weir.http.Metrics;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.ProxyReport.BucketState;
import java.util.Map;

/** The proxy's figures; each is explained in {@code docs/reference/metrics.md}. */
final class ProxyMetrics {
  private final Metrics metrics = new Metrics();

  private ProxyMetrics() {}

  /**
   * @param refused clients turned away, by reason
   * @param failed requests without a whole answer, by source
   */
  static Metrics of(ProxyReport report, Map<String, Long> refused, Map<String, Long> failed) {
    ProxyMetrics proxy = new ProxyMetrics();
    proxy.add(report);
    refused.forEach((reason, count) -> proxy.metrics.counter(
        "weir_proxy_refused_requests",
        "turned away before a request was whole; one that had begun is filtered, abandoned",
        count,
        "reason",
        reason));
    failed.forEach((source, count) -> proxy.metrics.counter(
        "weir_proxy_failed_requests",
        "that the service gave no whole answer to: 502, 504, or broken off",
        count,
        "source",
        source));
    report.buckets().forEach(proxy::add);
    return proxy.metrics;
  }

  private void add(ProxyReport report) {
    metrics
        .counter("weir_proxy_captured_captures", "taken on, by all sources", report.captured())
        .gauge(
            "weir_proxy_in_progress_captures",
            "taken on, their last byte not yet here",
            report.inProgress())
        .gauge("weir_proxy_queued_captures", "in the memory queue", report.queued())
        .counter("weir_proxy_kept_captures", "decided for", report.kept())
        .counter(
            "weir_proxy_copied_captures",
            "further copies, for more than one bucket or made by a hook",
            report.copies())
        .counter("weir_proxy_emitted_captures", "made by a hook's timer", report.emitted())
        .counter(
            "weir_proxy_unknown_captures",
            "lost at power cuts, at most; in no other figure",
            report.unknown())
        .gauge(
            "weir_proxy_ledger_imbalance",
            "captures that the books cannot explain; anything but 0 is a bug",
            report.imbalance());
    report
        .filtered()
        .forEach((reason, count) -> metrics.counter(
            "weir_proxy_filtered_captures", "decided against", count, "reason", reason));
    report
        .lost()
        .forEach((reason, count) -> metrics.counter(
            "weir_proxy_lost_captures", "lost before they had a number", count, "reason", reason));
  }

  private void add(BucketState state) {
    String bucket = state.bucket();
    metrics
        .counter(
            "weir_proxy_spooled_captures", "given a number", state.numbered(), "bucket", bucket)
        .gauge("weir_proxy_waiting_captures", "to be shipped", state.waiting(), "bucket", bucket)
        .gauge("weir_proxy_spool_size_bytes", "on disk", state.used(), "bucket", bucket)
        .gauge("weir_proxy_spool_limit_bytes", "the most on disk", state.limit(), "bucket", bucket);
    state
        .lost()
        .forEach((reason, count) -> metrics.counter(
            "weir_proxy_spool_lost_captures",
            "lost from the spool, before the relay had them",
            count,
            "bucket",
            bucket,
            "reason",
            reason));
  }
}
