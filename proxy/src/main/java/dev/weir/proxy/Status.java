package dev.weir.proxy;

import dev.weir.capture.RunId;
import dev.weir.proxy.ledger.Ledger;
import dev.weir.proxy.pipeline.Pipeline;
import dev.weir.unit.Version;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.Report;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Puts together what a proxy says of itself. Any thread. */
final class Status {
  private final String name;
  private final String instance = RunId.random().value();
  private final String directory;
  private final long startedAtMs;
  private final Pipeline pipeline;
  private final List<BucketLine> lines;
  private final Scripts scripts;

  /** @param directory the id of the data directory */
  Status(
      String name,
      String directory,
      InstantSource clock,
      Pipeline pipeline,
      List<BucketLine> lines,
      Scripts scripts) {
    this.name = name;
    this.directory = directory;
    this.startedAtMs = clock.millis();
    this.pipeline = pipeline;
    this.lines = lines;
    this.scripts = scripts;
  }

  Report report() {
    Ledger.Totals totals = pipeline.totals();
    return new Report(
        new ProxyReport(
            name,
            instance,
            directory,
            Version.CURRENT,
            startedAtMs,
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
            0,
            lines.stream().map(BucketLine::state).toList(),
            totals.imbalance(),
            Map.of(),
            scripts.states()),
        null);
  }
}
