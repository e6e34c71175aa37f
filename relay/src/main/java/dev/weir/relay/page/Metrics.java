package dev.weir.relay.page;

import dev.weir.relay.bucket.BucketView;
import dev.weir.relay.bucket.RunBook;
import dev.weir.relay.fleet.Totals;
import dev.weir.relay.lease.GroupView;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The relay's figures for Prometheus. Nothing is counted here: each scrape takes the views of that
 * moment, and meters appear with the bucket or group that they are of.
 */
final class Metrics {
  private final Supplier<Totals> totals;
  private final Supplier<List<BucketView>> buckets;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final Set<String> known = new HashSet<>();
  private final Map<String, BucketView> views = new HashMap<>();
  private Totals sums;

  Metrics(Supplier<Totals> totals, Supplier<List<BucketView>> buckets) {
    this.totals = totals;
    this.buckets = buckets;
    this.sums = totals.get();
    ledger("captured", Totals::captured);
    ledger("filtered", Totals::filtered);
    ledger("delivered", Totals::delivered);
    ledger("lost", Totals::lost);
    gauge("weir.ledger.waiting.captures", null, Tags.empty(), () -> sums.waiting());
    gauge("weir.ledger.dead.captures", null, Tags.empty(), () -> sums.dead());
    gauge("weir.ledger.imbalance", null, Tags.empty(), () -> sums.imbalance());
  }

  /** The text of one scrape. */
  synchronized String scrape() {
    sums = totals.get();
    for (BucketView view : buckets.get()) {
      views.put(view.name().value(), view);
      if (known.add(view.name().value())) {
        register(view.name().value());
      }
      for (GroupView group : view.groups()) {
        if (known.add(view.name() + "/" + group.name())) {
          register(view.name().value(), group.name().value());
        }
      }
    }
    return registry.scrape();
  }

  private void ledger(String what, ToDoubleFunction<Totals> value) {
    counter("weir.ledger." + what + ".captures", Tags.empty(), () -> value.applyAsDouble(sums));
  }

  private void register(String bucket) {
    Tags tags = Tags.of("bucket", bucket);
    counter("weir.bucket.stored.captures", tags, () -> books(bucket).stored());
    counter(
        "weir.bucket.arrival.lost.captures",
        tags,
        () -> books(bucket).lost().total() + books(bucket).rolledBack());
    gauge("weir.bucket.size", "bytes", tags, () -> view(bucket).used().bytes());
    gauge("weir.bucket.limit", "bytes", tags, () -> view(bucket).limit().bytes());
    gauge("weir.bucket.dead", "bytes", tags, () -> view(bucket).dead().bytes());
    gauge("weir.bucket.oldest", "seconds", tags, () -> seconds(view(bucket).oldestMs()));
  }

  private void register(String bucket, String group) {
    Tags tags = Tags.of("bucket", bucket, "group", group);
    counter("weir.group.delivered.captures", tags, () -> group(bucket, group).delivered());
    counter("weir.group.filtered.captures", tags, () -> group(bucket, group).filtered());
    counter("weir.group.lost.captures", tags, () -> group(bucket, group).lost().total());
    gauge("weir.group.waiting.captures", null, tags, () -> group(bucket, group).waiting());
    gauge("weir.group.leased.captures", null, tags, () -> group(bucket, group).leased());
    gauge("weir.group.delayed.captures", null, tags, () -> group(bucket, group).delayed());
    gauge("weir.group.dead.captures", null, tags, () -> group(bucket, group).dead());
  }

  private BucketView view(String bucket) {
    BucketView view = views.get(bucket);
    if (view == null) {
      throw new IllegalStateException("no bucket " + bucket);
    }
    return view;
  }

  private RunBook books(String bucket) {
    return view(bucket).totals();
  }

  private GroupView group(String bucket, String group) {
    return view(bucket).groups().stream()
        .filter(view -> view.name().value().equals(group))
        .findFirst()
        .orElseThrow();
  }

  private static double seconds(@Nullable Long millis) {
    return millis == null ? 0 : millis / 1000.0;
  }

  private void counter(String name, Tags tags, Supplier<Number> value) {
    // the registry holds weakly what a counter is of, and strongly how to read it
    FunctionCounter.builder(name, this, self -> value.get().doubleValue())
        .tags(tags)
        .register(registry);
  }

  private void gauge(String name, @Nullable String unit, Tags tags, Supplier<Number> value) {
    Gauge.builder(name, value).baseUnit(unit).tags(tags).register(registry);
  }
}
