package dev.weir.wire;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says of itself: cumulative counters of its data directory, taken together at one
 * moment.
 *
 * @param proxy its name, a label
 * @param instance a random id of this start
 * @param directory a random id of the data directory, which the counters belong to: two proxies of
 *     one name stay apart by it, and one that starts again goes on
 * @param version the version of Weir
 * @param startedAtMs when it started: wall-clock milliseconds since 1970
 * @param captured captures taken on, by all sources
 * @param inProgress taken on, its last byte not yet here
 * @param queued in the memory queue, not yet decided
 * @param filtered decided against, by reason
 * @param kept decided for
 * @param copies further copies of kept captures, where one goes to several buckets or a hook split
 *     it
 * @param emitted captures that a hook's timer made
 * @param lost gone before they were numbered, by reason
 * @param unknown at most so many captures were lost at a power cut and stand in no other number
 * @param numbered the numbers given in all runs of all buckets since the directory was made
 * @param refused clients turned away since the start, before their request was whole
 * @param buckets one entry for each bucket that it ships to
 * @param imbalance what the proxy's own equations are off by; 0
 * @param scripts those of each source that has some, in order
 */
public record ProxyReport(
    String proxy,
    String instance,
    String directory,
    String version,
    long startedAtMs,
    long captured,
    long inProgress,
    long queued,
    SortedMap<String, Long> filtered,
    long kept,
    long copies,
    long emitted,
    SortedMap<String, Long> lost,
    long unknown,
    long numbered,
    long refused,
    List<BucketState> buckets,
    long imbalance,
    Map<String, String> health,
    Map<String, List<ScriptState>> scripts) {
  public ProxyReport {
    Objects.requireNonNull(proxy, "no proxy");
    Objects.requireNonNull(instance, "no instance");
    Objects.requireNonNull(directory, "no directory");
    Objects.requireNonNull(version, "no version");
    filtered = sorted(filtered);
    lost = sorted(lost);
    buckets = buckets == null ? List.of() : List.copyOf(buckets);
    health = health == null ? Map.of() : Map.copyOf(health);
    scripts = scripts(scripts);
  }

  /** The same without how long ago things were. */
  ProxyReport timeless() {
    return new ProxyReport(
        proxy,
        instance,
        directory,
        version,
        startedAtMs,
        captured,
        inProgress,
        queued,
        filtered,
        kept,
        copies,
        emitted,
        lost,
        unknown,
        numbered,
        refused,
        buckets.stream().map(BucketState::timeless).toList(),
        imbalance,
        health,
        scripts);
  }

  /** None where there are none; a count that is null would be found out by whoever adds it up. */
  static SortedMap<String, Long> sorted(@Nullable SortedMap<String, Long> counts) {
    SortedMap<String, Long> copy = counts == null ? new TreeMap<>() : new TreeMap<>(counts);
    copy.values().forEach(count -> Objects.requireNonNull(count, "a count that is null"));
    return Collections.unmodifiableSortedMap(copy);
  }

  private static Map<String, List<ScriptState>> scripts(
      @Nullable Map<String, List<ScriptState>> states) {
    Map<String, List<ScriptState>> copy = new TreeMap<>();
    if (states != null) {
      states.forEach((source, of) -> copy.put(source, List.copyOf(of)));
    }
    return Map.copyOf(copy);
  }

  /**
   * The spool of one bucket.
   *
   * @param waiting captures not yet stored by the relay
   * @param lost captures that the spool lost, by reason; the relay hears of them as gaps
   * @param first the first position that the relay was not heard to have; {@code numbered + 1 -
   *     first} less {@code waiting} are lost and not yet booked by the relay
   * @param shippedAgoMs since the relay last stored a batch; -1 if it never did
   * @param state {@code shipping}, {@code idle}, or what keeps it from shipping
   */
  public record BucketState(
      String bucket,
      long numbered,
      long first,
      long waiting,
      long used,
      long limit,
      SortedMap<String, Long> lost,
      long shippedAgoMs,
      String state,
      List<RunState> runs) {
    public BucketState {
      Objects.requireNonNull(bucket, "no bucket");
      Objects.requireNonNull(state, "no state");
      lost = sorted(lost);
      runs = runs == null ? List.of() : List.copyOf(runs);
    }

    BucketState timeless() {
      return new BucketState(bucket, numbered, first, waiting, used, limit, lost, 0, state, runs);
    }
  }

  /**
   * A run that still has captures here, or the current one.
   *
   * @param numbered the highest number given
   * @param acked the highest number that the relay was heard to have stored
   */
  public record RunState(String run, long numbered, long acked) {
    public RunState {
      Objects.requireNonNull(run, "no run");
    }
  }
}
