package dev.weir.spool;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A spool that forgets everything with its process: the honest fake. It has segments too, each a
 * sixteenth of its limit, so that it drops as much at once as one on disk does.
 */
public final class InMemorySpool implements Spool {
  private static final int SEGMENTS = 16;
  private static final int ROW_OVERHEAD = 32;

  private final ByteSize limit;
  private final Duration maxAge;
  private final InstantSource clock;

  private final NavigableMap<Long, byte[]> frames;
  private final NavigableMap<Long, Gap> gaps;
  private final NavigableMap<Long, Run> runs;
  private final NavigableMap<Long, Segment> segments;
  private final Map<String, byte[]> marks;
  private final Map<LossReason, Long> lost;
  private long first;
  private long next;
  private boolean closed;

  /** What stands between its first position and the next segment's. */
  private static final class Segment {
    long bytes;
    long newest;
  }

  /** A new, empty spool. */
  public InMemorySpool(ByteSize limit, Duration maxAge, InstantSource clock) {
    this.limit = limit;
    this.maxAge = maxAge;
    this.clock = clock;
    frames = new TreeMap<>();
    gaps = new TreeMap<>();
    runs = new TreeMap<>();
    segments = new TreeMap<>();
    marks = new HashMap<>();
    lost = new EnumMap<>(LossReason.class);
    first = 1;
    next = 1;
    begin();
  }

  private InMemorySpool(InMemorySpool before, Map<RunId, Long> numbered) {
    limit = before.limit;
    maxAge = before.maxAge;
    clock = before.clock;
    frames = before.frames;
    gaps = before.gaps;
    runs = before.runs;
    segments = before.segments;
    marks = before.marks;
    lost = before.lost;
    first = before.first;
    next = before.next;
    Run last = runs.lastEntry().getValue();
    long committed = next - last.first();
    long missing = numbered.getOrDefault(last.id(), committed) - committed;
    if (missing > 0) {
      lose(missing, LossReason.CRASH);
    }
    begin();
  }

  /**
   * The same spool after a restart: closes this one and goes on in a new run.
   *
   * @param numbered the last number that each run is known to have given
   */
  public synchronized InMemorySpool reopen(Map<RunId, Long> numbered) {
    closed = true;
    return new InMemorySpool(this, numbered);
  }

  private void begin() {
    runs.put(next, new Run(RunId.random(), next));
    segments.put(next, newSegment());
  }

  private Segment newSegment() {
    Segment segment = new Segment();
    segment.newest = clock.millis();
    return segment;
  }

  @Override
  public synchronized Append append(
      List<byte[]> batch, Map<String, byte[]> newMarks, WhenFull whenFull) throws IOException {
    checkOpen();
    long need = batch.stream().mapToLong(frame -> frame.length + ROW_OVERHEAD).sum();
    while (!batch.isEmpty() && used() + need > limit.bytes()) {
      if (whenFull == WhenFull.REFUSE || segments.size() == 1 || need > limit.bytes()) {
        return new Append.Full(new ByteSize(used()), limit);
      }
      dropOldest(LossReason.EVICTED);
    }
    newMarks.forEach((name, value) -> {
      if (value.length == 0) {
        marks.remove(name);
      } else {
        marks.put(name, value.clone());
      }
    });
    long from = next;
    if (!batch.isEmpty()) {
      Segment segment = segments.lastEntry().getValue();
      if (segment.bytes >= limit.bytes() / SEGMENTS) {
        segment = newSegment();
        segments.put(next, segment);
      }
      for (byte[] frame : batch) {
        frames.put(next++, frame.clone());
      }
      segment.bytes += need;
      segment.newest = clock.millis();
      forgetTruncated();
    }
    return new Append.Done(from, next - 1);
  }

  @Override
  public synchronized void lose(long count, LossReason reason) {
    if (count < 1) {
      throw new IllegalArgumentException("cannot lose " + count + " captures");
    }
    fill(next, next + count - 1, reason);
    lost.merge(reason, count, Long::sum);
    next += count;
  }

  @Override
  public synchronized List<Entry> read(long from, int maxFrames, ByteSize maxBytes)
      throws IOException {
    checkOpen();
    List<Entry> entries = new ArrayList<>();
    long at = Math.max(from, first);
    if (at >= next) {
      return entries;
    }
    Long nextRun = runs.higherKey(at);
    long end = nextRun == null ? next : nextRun;
    long bytes = 0;
    while (at < end && entries.size() < maxFrames) {
      byte[] frame = frames.get(at);
      if (frame != null) {
        bytes += frame.length;
        if (bytes > maxBytes.bytes() && !entries.isEmpty()) {
          break;
        }
        entries.add(new Frame(at, frame.clone()));
        at++;
      } else {
        Gap gap = gaps.floorEntry(at).getValue();
        entries.add(new Gap(at, Math.min(gap.through(), end - 1), gap.reason()));
        at = entries.get(entries.size() - 1).through() + 1;
      }
    }
    return entries;
  }

  @Override
  public synchronized void truncate(long position) throws IOException {
    checkOpen();
    if (position > next) {
      throw new IllegalArgumentException(
          "cannot truncate to " + position + ": the next position is " + next);
    }
    if (position > first) {
      first = position;
      forgetTruncated();
    }
  }

  private void forgetTruncated() {
    frames.headMap(first).clear();
    Map.Entry<Long, Gap> across = gaps.lowerEntry(first);
    gaps.headMap(first).clear();
    if (across != null && across.getValue().through() >= first) {
      Gap gap = across.getValue();
      gaps.put(first, new Gap(first, gap.through(), gap.reason()));
    }
    runs.headMap(runs.floorKey(first)).clear();
    while (segments.size() > 1 && segments.higherKey(segments.firstKey()) <= first) {
      segments.pollFirstEntry();
    }
  }

  @Override
  public synchronized void expire() throws IOException {
    checkOpen();
    long oldest = clock.millis() - maxAge.toMillis();
    Segment active = segments.lastEntry().getValue();
    if (active.bytes > 0 && active.newest < oldest) {
      segments.put(next, newSegment());
    }
    while (segments.size() > 1 && segments.firstEntry().getValue().newest < oldest) {
      dropOldest(LossReason.EXPIRED);
    }
  }

  private void dropOldest(LossReason reason) {
    segments.pollFirstEntry();
    long end = segments.firstKey();
    NavigableMap<Long, byte[]> dropped = frames.headMap(end, false);
    if (!dropped.isEmpty()) {
      lost.merge(reason, (long) dropped.size(), Long::sum);
      dropped.clear();
    }
    Long from = first;
    for (Gap gap : List.copyOf(gaps.headMap(end).values())) {
      if (gap.reason() == LossReason.EVICTED || gap.reason() == LossReason.EXPIRED) {
        from = gap.through() + 1;
      }
    }
    if (from < end) {
      fill(from, end - 1, reason);
    }
  }

  /** Makes {@code from} to {@code through} one gap, whatever gaps it had. */
  private void fill(long from, long through, LossReason reason) {
    Map.Entry<Long, Gap> last = gaps.floorEntry(through);
    if (last != null && last.getValue().through() > through) {
      Gap gap = last.getValue();
      gaps.put(through + 1, new Gap(through + 1, gap.through(), gap.reason()));
    }
    gaps.subMap(from, true, through, true).clear();
    Map.Entry<Long, Gap> before = gaps.lowerEntry(from);
    boolean joins = before != null
        && before.getValue().through() == from - 1
        && before.getValue().reason() == reason;
    long start = joins ? before.getKey() : from;
    gaps.put(start, new Gap(start, through, reason));
  }

  @Override
  public synchronized Map<String, byte[]> marks() {
    Map<String, byte[]> copy = new HashMap<>();
    marks.forEach((name, value) -> copy.put(name, value.clone()));
    return copy;
  }

  @Override
  public synchronized Run runAt(long position) {
    return runs.floorEntry(Math.max(position, first)).getValue();
  }

  @Override
  public synchronized State state() {
    return new State(
        List.copyOf(runs.tailMap(runs.floorKey(first)).values()),
        first,
        next,
        frames.size(),
        new ByteSize(used()),
        limit,
        Map.copyOf(lost));
  }

  private long used() {
    return segments.values().stream().mapToLong(segment -> segment.bytes).sum();
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("this spool is closed");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
