package dev.weir.proxy;

import dev.weir.http.Metrics;
import dev.weir.http.MetricsPage;
import dev.weir.http.Refusals;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.ProxyReport.BucketState;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ProxyMetricsTest {
  @Test
  void isExplainedWhole() throws Exception {
    BucketState shop = new BucketState(
        "shop", 9, 1, 9, 100, 1000, new TreeMap<>(Map.of("evicted", 1L)), 7, "idle", List.of());
    ProxyReport report = new ProxyReport(
        "web-1",
        "i",
        "d",
        "0",
        1,
        12,
        0,
        0,
        new TreeMap<>(Map.of("excluded", 2L)),
        9,
        0,
        0,
        new TreeMap<>(Map.of("queue-full", 1L)),
        0,
        9,
        0,
        List.of(shop),
        0,
        Map.of(),
        Map.of());

    Metrics metrics = ProxyMetrics.of(report, Map.of("malformed", 1L), Map.of("shop", 1L));
    new Refusals().addTo(metrics, "admin"); // as its listener does
    MetricsPage.explains("Proxy", metrics.text());
  }
}
