package dev.weir.spool;

import dev.weir.ledger.LossReason;
import dev.weir.spool.DirectoryLock.Opened;
import dev.weir.spool.Spool.Gap;
import dev.weir.spool.Spool.Run;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a spool knows without looking at its frames. Immutable: a change is a new
 * account, published only when it is on disk or may be lost.
 *
 * <pre>
 *        first                              start            next
 *          v                                  v                v
 *   | part | part (gone) | part | part        | active segment |
 * </pre>
 */
final class Account {
  /** More ranges that are gone than this, and the oldest are forgotten as if truncated. */
  static final int MOST_GONE = 1_000;

  private Run run;
  private long first;
  private long next;
  private long start;
  private long created;
  private long newest;
  private long holes;
  private long passed;
  private List<Part> parts;
  private List<Gap> pending;
  private @Nullable Gap tail;
  private Map<LossReason, Long> lost;
  private Map<String, byte[]> marks;

  /** A new spool's, whose first position is {@code first}. */
  Account(Run run, long first, long created) {
    this.run = run;
    this.first = first;
    this.next = first;
    this.start = first;
    this.created = created;
    this.newest = created;
    this.parts = List.of();
    this.pending = List.of();
    this.lost = Map.of();
    this.marks = Map.of();
  }

  private Account(Account before) {
    run = before.run;
    first = before.first;
    next = before.next;
    start = before.start;
    created = before.created;
    newest = before.newest;
    holes = before.holes;
    passed = before.passed;
    parts = before.parts;
    pending = before.pending;
    tail = before.tail;
    lost = before.lost;
    marks = before.marks;
  }

  /** As read from the books of an active segment. */
  Account loaded(
      long loadedFirst, List<Part> sealed, Map<LossReason, Long> losses, Map<String, byte[]> kept) {
    Account after = new Account(this);
    after.first = loadedFirst;
    after.parts = List.copyOf(sealed);
    after.lost = Map.copyOf(losses);
    after.marks = Map.copyOf(kept);
    return after;
  }

  /** As counted in the rows of an active segment. */
  Account counted(long last, long gaps, long arrived) {
    Account after = new Account(this);
    after.next = last + 1;
    after.holes = gaps;
    after.newest = arrived;
    return after;
  }

  Account appended(long count, long arrived, Map<String, byte[]> changes) {
    Account after = new Account(this);
    if (count > 0) {
      after.next += count;
      after.newest = Math.max(newest, arrived);
      after.tail = null;
    }
    if (!changes.isEmpty()) {
      Map<String, byte[]> changed = new HashMap<>(marks);
      changes.forEach((name, value) -> {
        if (value.length == 0) {
          changed.remove(name);
        } else {
          changed.put(name, value.clone());
        }
      });
      after.marks = Collections.unmodifiableMap(changed);
    }
    return after;
  }

  /** A loss at the end, joined to the one before it if it has the same reason. */
  Account lost(long count, LossReason reason) {
    Account after = new Account(this);
    after.next += count;
    after.holes += count;
    boolean joins = tail != null && tail.reason() == reason;
    Gap gap = new Gap(joins && tail != null ? tail.from() : next, after.next - 1, reason);
    List<Gap> gaps = new ArrayList<>(pending);
    if (joins && !gaps.isEmpty()) {
      gaps.remove(gaps.size() - 1);
    }
    gaps.add(gap);
    after.pending = List.copyOf(gaps);
    after.tail = gap;
    after.lost = with(lost, reason, count);
    return after;
  }

  /** A range after the end that has no segment: it was numbered, or it was in a damaged file. */
  Account gone(Run owner, long through, LossReason reason) {
    Account after = new Account(this);
    after.parts = joined(parts, List.of(Part.gone(owner, next, through, reason)));
    after.lost = with(lost, reason, through - next + 1);
    after.next = through + 1;
    after.start = after.next;
    return after;
  }

  Account committed() {
    if (pending.isEmpty()) {
      return this;
    }
    Account after = new Account(this);
    after.pending = List.of();
    return after;
  }

  /**
   * @param passedFrames how many frames of the segment that holds {@code position} stand before it
   */
  Account truncated(long position, long passedFrames) {
    Account after = new Account(this);
    after.first = position;
    after.passed = passedFrames;
    int whole = 0;
    while (whole < parts.size() && parts.get(whole).last() < position) {
      whole++;
    }
    after.parts = whole == 0 ? parts : List.copyOf(parts.subList(whole, parts.size()));
    return after;
  }

  Account passing(long passedFrames) {
    Account after = new Account(this);
    after.passed = passedFrames;
    return after;
  }

  /** Its frames that were not truncated are lost. */
  Account dropped(Part part, LossReason reason) {
    Account after = new Account(this);
    List<Part> changed = new ArrayList<>(parts);
    boolean holdsFirst = part.first() <= first;
    long frames = part.frames() - (holdsFirst ? passed : 0);
    after.passed = holdsFirst ? 0 : passed;
    after.lost = frames == 0 ? lost : with(lost, reason, frames);
    changed.set(changed.indexOf(part), Part.gone(part.run(), part.first(), part.last(), reason));
    after.parts = joined(List.of(), changed);
    return after;
  }

  /** Of a part, this many of its frames that were not truncated are left. */
  Account rescued(Part part, long saved, LossReason reason) {
    Account after = new Account(this);
    long frames = saved + (part.first() <= first ? passed : 0);
    List<Part> changed = new ArrayList<>(parts);
    changed.set(
        changed.indexOf(part),
        new Part(part.run(), part.first(), part.last(), frames, part.newest(), null));
    after.parts = List.copyOf(changed);
    after.lost = frames == part.frames() ? lost : with(lost, reason, part.frames() - frames);
    return after;
  }

  /** As read from a damaged segment, of which this much is lost and these are all the gaps. */
  Account spoilt(List<Gap> gaps, LossReason reason, long count) {
    Account after = new Account(this);
    after.pending = List.copyOf(gaps);
    after.lost = with(lost, reason, count);
    return after;
  }

  /**
   * The active segment becomes a part, unless all of it is truncated, and one without positions
   * follows.
   */
  Account rotated(Run nextRun, long at) {
    Account after = new Account(this);
    if (first == next) {
      after.passed = 0;
    } else if (next > start) {
      List<Part> more = new ArrayList<>(parts);
      more.add(new Part(run, start, next - 1, next - start - holes, newest, null));
      after.parts = List.copyOf(more);
    }
    after.run = nextRun;
    after.start = next;
    after.created = at;
    after.newest = at;
    after.holes = 0;
    after.pending = List.of();
    after.tail = null;
    after.forgetOldestGone();
    return after;
  }

  private void forgetOldestGone() {
    long gone = parts.stream().filter(part -> !part.live()).count();
    int forgotten = 0;
    while (gone - forgotten > MOST_GONE && !parts.get(forgotten).live()) {
      forgotten++;
    }
    if (forgotten > 0) {
      first = Math.max(first, parts.get(forgotten - 1).last() + 1);
      parts = List.copyOf(parts.subList(forgotten, parts.size()));
    }
  }

  private static List<Part> joined(List<Part> some, List<Part> more) {
    List<Part> all = new ArrayList<>(some);
    for (Part part : more) {
      int last = all.size() - 1;
      if (last >= 0 && all.get(last).joins(part)) {
        all.set(last, all.get(last).with(part));
      } else {
        all.add(part);
      }
    }
    return List.copyOf(all);
  }

  private static Map<LossReason, Long> with(
      Map<LossReason, Long> losses, LossReason reason, long count) {
    Map<LossReason, Long> sum = new EnumMap<>(LossReason.class);
    sum.putAll(losses);
    sum.merge(reason, count, Long::sum);
    return Collections.unmodifiableMap(sum);
  }

  /** The part that holds a position; null if the active segment does. */
  @Nullable
  Part partAt(long position) {
    int low = 0;
    int high = parts.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (parts.get(middle).last() < position) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == parts.size() ? null : parts.get(low);
  }

  @Nullable
  Part oldestLive() {
    for (Part part : parts) {
      if (part.live()) {
        return part;
      }
    }
    return null;
  }

  Run runAt(long position) {
    Part part = partAt(Math.max(position, first));
    return part == null ? run : part.run();
  }

  List<Run> runs() {
    Set<Run> all = new LinkedHashSet<>();
    for (Part part : parts) {
      if (part.last() >= first) {
        all.add(part.run());
      }
    }
    all.add(run);
    return List.copyOf(all);
  }

  /** Its runs, for the directory's lock to remember. */
  List<Opened> opened() {
    return runs().stream().map(run -> new Opened(run, lossBefore(run))).toList();
  }

  private LossReason lossBefore(Run run) {
    Part part = partAt(run.first() - 1);
    LossReason gone = part == null ? null : part.gone();
    return gone == null ? LossReason.UNKNOWN : gone;
  }

  long waiting() {
    return parts.stream().mapToLong(Part::frames).sum() + next - start - holes - passed;
  }

  /** Whether the parts follow on each other and the active segment on them. */
  boolean isSound() {
    for (int i = 0; i < parts.size(); i++) {
      long follows = i + 1 < parts.size() ? parts.get(i + 1).first() : start;
      if (parts.get(i).last() + 1 != follows) {
        return false;
      }
    }
    long from = parts.isEmpty() ? start : parts.get(0).first();
    return from >= 1 && from <= first;
  }

  /** Whether a segment's frames count: it is the active one or a part that is not gone. */
  boolean holds(long segment) {
    Part part = partAt(segment);
    return part == null ? segment == start : part.live() && part.first() == segment;
  }

  boolean isEmpty() {
    return next == start;
  }

  Run run() {
    return run;
  }

  long first() {
    return first;
  }

  long next() {
    return next;
  }

  /** The first position of the active segment. */
  long start() {
    return start;
  }

  /** When the active segment was made, in milliseconds. */
  long created() {
    return created;
  }

  /** How many positions of the active segment are gaps. */
  long holes() {
    return holes;
  }

  /** The sealed segments, oldest first. */
  List<Part> parts() {
    return parts;
  }

  /** Gaps at the end that are not on disk yet; the first may extend the last one there. */
  List<Gap> pending() {
    return pending;
  }

  /** Where {@link #pending} begins: what stands before is on disk. */
  long stored() {
    return pending.isEmpty() ? next : pending.get(0).from();
  }

  Map<LossReason, Long> lost() {
    return lost;
  }

  Map<String, byte[]> marks() {
    return marks;
  }
}
