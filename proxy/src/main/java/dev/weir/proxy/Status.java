package dev.weir.proxy;

import dev.weir.capture.RunId;
import dev.weir.http.Admin;
import dev.weir.http.Metrics;
import dev.weir.proxy.ledger.DirectoryId;
import dev.weir.proxy.ledger.Ledger;
import dev.weir.proxy.pipeline.Pipeline;
import dev.weir.proxy.source.Source;
import dev.weir.unit.SourceName;
import dev.weir.unit.Version;
import dev.weir.wire.ProxyReport;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Puts together what a proxy says of itself. Any thread.
 *
 * <p>A proxy that serves is ready, however capture is: that is no reason to take production's
 * traffic away from it.
 */
final class Status {
  private final String name;
  private final String instance = RunId.random().value();
  private final DirectoryId directory;
  private final Map<SourceName, Source> sources;
  private final Pipeline pipeline;
  private final List<BucketLine> lines;
  private final Scripts scripts;

  /** @param sources started or not */
  Status(
      String name,
      DirectoryId directory,
      Map<SourceName, Source> sources,
      Pipeline pipeline,
      List<BucketLine> lines,
      Scripts scripts) {
    this.name = name;
    this.directory = directory;
    this.sources = sources;
    this.pipeline = pipeline;
    this.lines = lines;
    this.scripts = scripts;
  }

  ProxyReport stats() {
    Ledger.Totals totals = pipeline.totals();
    return new ProxyReport(
        name,
        instance,
        directory.value(),
        Version.CURRENT,
        directory.startedAtMs(),
        totals.captured(),
        totals.inProgress(),
        totals.queued(),
        totals.filtered(),
        totals.kept(),
        totals.copies(),
        totals.emitted(),
        totals.lost(),
        totals.unknown(),
        totals.numbered(),
        refused().values().stream().mapToLong(Long::longValue).sum(),
        lines.stream().map(BucketLine::state).toList(),
        totals.imbalance(),
        Map.of(),
        scripts.states());
  }

  /** For monitoring. */
  Admin.Told told(Supplier<List<String>> reload) {
    return new Admin.Told() {
      @Override
      public ProxyReport stats() {
        return Status.this.stats();
      }

      @Override
      public Metrics metrics() {
        return ProxyMetrics.of(stats(), refused(), failed());
      }

      @Override
      public List<String> reload() {
        return reload.get();
      }
    };
  }

  private SortedMap<String, Long> refused() {
    SortedMap<String, Long> all = new TreeMap<>();
    for (Source source : sources.values()) {
      source.refusals().byReason().forEach((reason, count) -> all.merge(reason, count, Long::sum));
    }
    return all;
  }

  private SortedMap<String, Long> failed() {
    SortedMap<String, Long> each = new TreeMap<>();
    sources.forEach((name, source) -> each.put(name.value(), source.failed()));
    return each;
  }
}
