package dev.weir.relay.fleet;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.relay.bucket.BucketView;
import dev.weir.relay.bucket.RunBook;
import dev.weir.relay.lease.GroupView;
import dev.weir.wire.ProxyReport;
import dev.weir.wire.ProxyReport.BucketState;
import dev.weir.wire.ProxyReport.RunState;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of everything that was captured: up to the mark that the relay's books count, above
 * it the proxies'. A bucket's slowest group stands for it.
 *
 * <pre>
 *   captured + copies + emitted + rewound
 *       = filtered + delivered + waiting + dead + lost + earlier + difference
 * </pre>
 *
 * @param rewound counted once more because somebody had a group go back
 * @param earlier stored before the group began that stands for its bucket: others, which are
 *     forgotten or silent, accounted for them
 * @param imbalance what the equations of proxies, runs and groups are off by, each on its own
 *     snapshot: 0
 * @param difference what the sums are off by; passes, for the proxies' reports are older than the
 *     relay's books
 */
public record Totals(
    long captured,
    long copies,
    long emitted,
    long rewound,
    long filtered,
    long delivered,
    long waiting,
    long dead,
    long lost,
    long earlier,
    long imbalance,
    long difference,
    SortedMap<String, Long> lostByReason) {

  /** Whether everything that was captured is somewhere. */
  public boolean balances() {
    return imbalance == 0 && difference == 0;
  }

  static Totals of(Collection<ProxyReport> proxies, Map<String, BucketView> buckets) {
    Sum sum = new Sum();
    proxies.forEach(proxy -> sum.add(proxy, buckets));
    buckets.values().forEach(sum::add);
    return sum.totals();
  }

  /**
   * Of a proxy's spool, what the relay's books do not count yet.
   *
   * @param waiting to be shipped
   * @param lost and to be told to the relay
   * @param rolledBack stored once, but this relay does not remember; it will once the proxy ships
   */
  record AboveMark(long waiting, long lost, long rolledBack) {
    static AboveMark of(BucketState state, Map<String, Long> marks) {
      long booked = 0; // since the proxy last heard of it
      long forgotten = 0;
      for (RunState run : state.runs()) {
        long mark = marks.getOrDefault(run.run(), 0L);
        booked += Math.max(0, Math.min(mark, run.numbered()) - run.acked());
        forgotten += Math.max(0, run.acked() - mark);
      }
      long left = Math.max(0, state.numbered() + 1 - state.first() - booked);
      long waiting = Math.min(state.waiting(), left);
      return new AboveMark(waiting, left - waiting, forgotten);
    }
  }

  private static final class Sum {
    private long captured;
    private long copies;
    private long emitted;
    private long rewound;
    private long earlier;
    private long filtered;
    private long delivered;
    private long waiting;
    private long dead;
    private long imbalance;
    private final SortedMap<String, Long> lost = new TreeMap<>();

    /**
     * By bucket, the numbers of runs that proxies name no more: the relay was heard to have them.
     */
    private final Map<String, Long> ended = new HashMap<>();

    private final Set<String> named = new HashSet<>();

    void add(ProxyReport proxy, Map<String, BucketView> buckets) {
      captured += proxy.captured();
      copies += proxy.copies();
      emitted += proxy.emitted();
      waiting += proxy.inProgress() + proxy.queued();
      filtered += proxy.filtered().values().stream().mapToLong(Long::longValue).sum();
      proxy.lost().forEach(this::lose);
      imbalance += Math.abs(proxy.imbalance());
      // what the original of a directory that is a copy numbered is the original's to say
      long inherited = Math.max(0, numbered(proxy.buckets()) - proxy.numbered());
      for (BucketState state : proxy.buckets()) {
        AboveMark above = AboveMark.of(state, marks(buckets.get(state.bucket())));
        waiting += above.waiting();
        // which of the spool's losses are still to be told is not known one by one
        lose(LossReason.EVICTED.wireName(), above.lost());
        lose(LossReason.ROLLED_BACK.wireName(), above.rolledBack());
        long past = state.numbered() - inherited;
        for (RunState run : state.runs()) {
          named.add(run.run());
          past -= run.numbered();
        }
        ended.merge(state.bucket(), Math.max(0, past), Long::sum);
      }
    }

    private static long numbered(Collection<BucketState> buckets) {
      return buckets.stream().mapToLong(BucketState::numbered).sum();
    }

    private static Map<String, Long> marks(@Nullable BucketView bucket) {
      Map<String, Long> marks = new HashMap<>();
      if (bucket != null) {
        bucket.runs().forEach((run, book) -> marks.put(run.value(), book.mark()));
      }
      return marks;
    }

    void add(BucketView bucket) {
      RunBook books = bucket.totals();
      copies += books.copies();
      emitted += books.emitted();
      filtered += books.filtered();
      books.lost().byName().forEach(this::lose);
      lose(LossReason.ROLLED_BACK.wireName(), books.rolledBack());
      lose(LossReason.ROLLED_BACK.wireName(), forgotten(bucket));
      imbalance += bucket.imbalance();
      GroupView group = bucket.slowest();
      rewound += group.rewound();
      earlier += bucket.earlier();
      delivered += group.delivered();
      filtered += group.filtered();
      waiting += group.open();
      dead += group.dead();
      group.lost().byName().forEach(this::lose);
    }

    /** Numbers of runs that ended before this relay was made, or went back to an old copy. */
    private long forgotten(BucketView bucket) {
      RunBook books = bucket.totals();
      long known = books.mark() - books.emitted();
      for (Map.Entry<RunId, RunBook> run : bucket.runs().entrySet()) {
        if (named.contains(run.getKey().value())) {
          known -= run.getValue().mark() - run.getValue().emitted();
        }
      }
      return Math.max(0, ended.getOrDefault(bucket.name().value(), 0L) - known);
    }

    private void lose(String reason, long count) {
      if (count != 0) {
        lost.merge(reason, count, Long::sum);
      }
    }

    Totals totals() {
      long gone = lost.values().stream().mapToLong(Long::longValue).sum();
      long difference = captured
          + copies
          + emitted
          + rewound
          - (filtered + delivered + waiting + dead + gone + earlier);
      return new Totals(
          captured,
          copies,
          emitted,
          rewound,
          filtered,
          delivered,
          waiting,
          dead,
          gone,
          earlier,
          imbalance,
          difference,
          lost);
    }
  }
}
