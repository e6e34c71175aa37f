package dev.weir.relay.fleet;

import dev.weir.loop.Step;
import dev.weir.loop.Ticker;
import dev.weir.relay.bucket.BucketView;
import dev.weir.relay.lease.GroupView;
import dev.weir.unit.BucketName;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How fast the buckets fill and empty, over the last minute. Its loop's thread takes the samples;
 * any thread may ask.
 */
public final class Pulse implements Step {
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final int SAMPLES = 12;

  private final Supplier<List<BucketView>> buckets;
  private final Ticker ticker;
  private final Map<BucketName, Deque<Sample>> samples = new HashMap<>();

  private record Sample(long at, long in, long out, long used) {
    static Sample of(long at, BucketView bucket) {
      GroupView group = bucket.slowest();
      return new Sample(
          at,
          bucket.totals().stored() + bucket.totals().copies(),
          group.captures() - group.rewound() - group.open(),
          bucket.used().bytes());
    }
  }

  /**
   * Averages of the last minute, a second.
   *
   * @param in captures that came
   * @param out captures that the slowest group settled
   * @param growth bytes on disk; below zero: it shrinks
   */
  public record Flow(double in, double out, double growth) {
    static final Flow NONE = new Flow(0, 0, 0);
  }

  public Pulse(Supplier<List<BucketView>> buckets, Ticker ticker) {
    this.buckets = buckets;
    this.ticker = ticker;
  }

  @Override
  public Duration step() {
    List<BucketView> views = buckets.get();
    synchronized (samples) {
      for (BucketView view : views) {
        Deque<Sample> of = samples.computeIfAbsent(view.name(), name -> new ArrayDeque<>());
        of.addLast(Sample.of(ticker.nanos(), view));
        if (of.size() > SAMPLES) {
          of.removeFirst();
        }
      }
    }
    return EVERY;
  }

  /** How fast a bucket is, up to {@code now}. */
  Flow of(BucketView now) {
    Sample newest = Sample.of(ticker.nanos(), now);
    Sample oldest;
    synchronized (samples) {
      Deque<Sample> of = samples.get(now.name());
      oldest = of == null ? null : of.peekFirst();
    }
    if (oldest == null || newest.at() - oldest.at() <= 0) {
      return Flow.NONE;
    }
    double seconds = (newest.at() - oldest.at()) / 1e9;
    return new Flow(
        Math.max(0, newest.in() - oldest.in()) / seconds,
        Math.max(0, newest.out() - oldest.out()) / seconds,
        (newest.used() - oldest.used()) / seconds);
  }
}
