package dev.weir.http;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A role's figures at one moment, for Prometheus. Nothing is counted here: each scrape makes one of
 * these from what the role knows anyway. One thread's own.
 *
 * <p>A figure is added once for each combination of labels; the meaning is that of its first.
 */
public final class Metrics {
  private static final PrometheusTextFormatWriter WRITER = PrometheusTextFormatWriter.create();

  private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
  private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
  private final Map<String, SummarySnapshot.Builder> summaries = new LinkedHashMap<>();

  /**
   * Something that only rises.
   *
   * @param name to which {@code _total} is added
   * @param labels names and values in turn
   */
  public Metrics counter(String name, String meaning, Number value, String... labels) {
    counters
        .computeIfAbsent(name, n -> CounterSnapshot.builder().name(n).help(meaning))
        .dataPoint(CounterDataPointSnapshot.builder()
            .labels(Labels.of(labels))
            .value(value.doubleValue())
            .build());
    return this;
  }

  /** Something that rises and falls. */
  public Metrics gauge(String name, String meaning, Number value, String... labels) {
    gauges
        .computeIfAbsent(name, n -> GaugeSnapshot.builder().name(n).help(meaning))
        .dataPoint(GaugeDataPointSnapshot.builder()
            .labels(Labels.of(labels))
            .value(value.doubleValue())
            .build());
    return this;
  }

  /** Something of which only quantiles are known. */
  public Metrics summary(
      String name, String meaning, Map<Double, Double> quantiles, String... labels) {
    Quantiles.Builder values = Quantiles.builder();
    quantiles.forEach(values::quantile);
    summaries
        .computeIfAbsent(name, n -> SummarySnapshot.builder().name(n).help(meaning))
        .dataPoint(SummaryDataPointSnapshot.builder()
            .labels(Labels.of(labels))
            .quantiles(values.build())
            .build());
    return this;
  }

  /** In the text format 0.0.4, sorted by name. */
  public String text() {
    List<MetricSnapshot> all = new ArrayList<>();
    counters.values().forEach(counter -> all.add(counter.build()));
    gauges.values().forEach(gauge -> all.add(gauge.build()));
    summaries.values().forEach(summary -> all.add(summary.build()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      WRITER.write(out, new MetricSnapshots(all));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
