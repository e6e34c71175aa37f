package dev.weir.relay.bucket;

import dev.weir.capture.RunId;
import dev.weir.relay.lease.GroupView;
import dev.weir.unit.BucketName;
import dev.weir.unit.ByteSize;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bucket at one moment, between two steps of its loop: the figures belong together.
 *
 * @param past the sums of the runs that are forgotten
 * @param first where the bucket's first group began
 * @param pausedMs for how long no group leases, in milliseconds; null: they may
 * @param oldestMs the age of the oldest capture that a group still needs, in milliseconds; null:
 *     there is none
 * @param polls how many players wait for captures
 * @param trouble why it cannot write, or null
 */
public record BucketView(
    BucketName name,
    ByteSize used,
    ByteSize limit,
    ByteSize dead,
    Map<RunId, RunBook> runs,
    RunBook past,
    List<GroupView> groups,
    long first,
    @Nullable Long pausedMs,
    @Nullable Long oldestMs,
    int polls,
    @Nullable String trouble) {
  public BucketView {
    runs = Map.copyOf(runs);
    groups = List.copyOf(groups);
  }

  /** The sums of all runs, the forgotten ones included. */
  public RunBook totals() {
    RunBook sum = past;
    for (RunBook book : runs.values()) {
      sum = sum.plus(book);
    }
    return sum;
  }

  /**
   * The group that stands for the bucket in totals: of those that are not silent and account for
   * most captures, the one that has most before it.
   */
  public GroupView slowest() {
    return groups.stream()
        .max(Comparator.comparing((GroupView group) -> !group.silent())
            .thenComparing(GroupView::start, Comparator.reverseOrder())
            .thenComparing(GroupView::open))
        .orElseThrow(); // there is always one
  }

  /** How many captures came before that group began: they were the business of others. */
  public long earlier() {
    return slowest().start() - first;
  }

  /** What the equations of the runs and of the groups are off by, all together: 0. */
  public long imbalance() {
    long off = Math.abs(past.imbalance());
    for (RunBook book : runs.values()) {
      off += Math.abs(book.imbalance());
    }
    for (GroupView group : groups) {
      off += Math.abs(group.imbalance());
    }
    return off;
  }
}
