package dev.weir.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.capture.RunId;
import dev.weir.durable.CrashPoint;
import dev.weir.ledger.LossReason;
import dev.weir.spool.FaultyDisk.Halted;
import dev.weir.spool.Spool.Append;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.spool.Spool.State;
import dev.weir.spool.Spool.WhenFull;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random operations, re-openings, failures and halts between any two steps, against a model that
 * knows for each position what may stand there.
 */
class SpoolModelTest {
  private static final int OPERATIONS = 250;
  private static final int LARGEST_FRAME = 60_000;
  private static final ByteSize ANY_SIZE = ByteSize.ofMegabytes(1024);
  private static final String MARK = "last";

  @TempDir(factory = InMemoryTempDir.class)
  Path temp;

  private final FaultyDisk disk = new FaultyDisk();
  private Random random = new Random();
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private Path directory = Path.of("");
  private Path halted = Path.of("");
  private int copies;
  private Spool spool = new InMemorySpool(ANY_SIZE, Duration.ofDays(1), () -> now);

  /** Which frames may stand at a position; empty for one that was lost. */
  private final TreeMap<Long, Set<Integer>> appended = new TreeMap<>();

  /** Whether a frame was last seen at a position. */
  private final TreeMap<Long, Boolean> seen = new TreeMap<>();

  /** The mark last committed, and those of failed commits: after a halt they may be there. */
  private int mark;

  private final Set<Integer> doubtfulMarks = new HashSet<>();
  private long next = 1;
  private int serial;
  private boolean diskWasFull;

  /** More of them with {@code -Dweir.seeds=100}. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("weir.seeds", 4));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void neverLosesCount(long seed) throws IOException {
    random = new Random(seed);
    directory = temp.resolve("0");
    spool = open(Map.of());
    for (int i = 0; i < OPERATIONS; i++) {
      arm();
      try {
        operate();
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("injected");
      } catch (Halted e) {
        disk.heal();
        restart(halted);
      }
      disk.heal();
      check();
    }
    spool.close();
    Set<CrashPoint> unreached = EnumSet.range(CrashPoint.LOCKED, CrashPoint.AFTER_UNLINK);
    unreached.removeAll(disk.passed());
    assertThat(unreached).isSubsetOf(CrashPoint.LOCK_WRITTEN, CrashPoint.BALLAST_FREED);
    assertThat(spool.state().lost()).containsKeys(LossReason.FULL, LossReason.IO_ERROR);
  }

  private void arm() {
    if (random.nextInt(4) == 0) {
      int at = 1 + random.nextInt(8);
      switch (random.nextInt(3)) {
        case 0 -> disk.strikeAt(at, FaultyDisk.broken());
        case 1 -> {
          disk.strikeAt(at, FaultyDisk.full());
          diskWasFull = true;
        }
        default ->
          disk.strikeAt(at, () -> {
            halted = SegmentFiles.copy(directory, temp.resolve(String.valueOf(++copies)));
            throw new Halted();
          });
      }
    }
  }

  private void operate() throws IOException {
    switch (random.nextInt(20)) {
      case 0 -> {
        closeInAnyCase();
        spool = reopen(numbered());
      }
      case 1 -> restart(SegmentFiles.copy(directory, temp.resolve(String.valueOf(++copies))));
      case 2 -> {
        now = now.plus(Duration.ofMinutes(random.nextInt(2_000)));
        spool.expire();
      }
      case 3, 4 -> lose(1 + random.nextInt(5));
      case 5, 6 -> {
        State state = spool.state();
        spool.truncate(state.first() + random.nextLong(state.next() - state.first() + 1));
      }
      case 7, 8 -> readSome();
      default -> append();
    }
  }

  private void append() throws IOException {
    List<byte[]> frames = new ArrayList<>();
    int count = random.nextInt(16);
    for (int i = 0; i < count; i++) {
      int id = ++serial;
      frames.add(payload(id));
      appended.computeIfAbsent(next + i, at -> new HashSet<>()).add(id);
    }
    int newMark = ++serial;
    boolean marked = count == 0 || random.nextInt(3) == 0;
    if (marked) {
      doubtfulMarks.add(newMark);
    }
    WhenFull whenFull = random.nextBoolean() ? WhenFull.DROP_OLDEST : WhenFull.REFUSE;
    Append answer = spool.append(frames, marked ? markOf(newMark) : Map.of(), whenFull);
    if (answer instanceof Append.Done done) {
      assertThat(done).isEqualTo(new Append.Done(next, next + count - 1));
      for (int i = 0; i < count; i++) {
        int id = newMark - count + i;
        appended.put(next + i, new HashSet<>(Set.of(id)));
        seen.put(next + i, true);
      }
      next += count;
      mark = marked ? newMark : mark;
    }
  }

  private void lose(int count) {
    for (int i = 0; i < count; i++) {
      seen.put(next + i, false);
    }
    next += count;
    spool.lose(count, random.nextBoolean() ? LossReason.FULL : LossReason.IO_ERROR);
  }

  private void readSome() throws IOException {
    State state = spool.state();
    long from = state.first() + random.nextLong(state.next() - state.first() + 1);
    int most = 1 + random.nextInt(10);
    List<Entry> entries = spool.read(from, most, new ByteSize(random.nextInt(200_000)));
    assertThat(entries.isEmpty()).isEqualTo(from == state.next());
    assertThat(entries.size()).isLessThanOrEqualTo(most);
    long at = from;
    for (Entry entry : entries) {
      assertThat(entry.from()).isEqualTo(at);
      assertThat(spool.runAt(entry.through())).isEqualTo(spool.runAt(from));
      at = entry.through() + 1;
    }
  }

  /** As after a kill: whatever was only in memory is gone. */
  private void restart(Path copy) throws IOException {
    Map<RunId, Long> numbered = numbered();
    directory = copy;
    spool = reopen(numbered);
    if (doubtfulMarks.contains(shownMark())) {
      mark = shownMark();
    }
    doubtfulMarks.clear();
    State state = spool.state();
    assertThat(state.next()).isGreaterThanOrEqualTo(next);
    next = state.next();
  }

  private Map<RunId, Long> numbered() {
    State state = spool.state();
    return next == state.run().first()
        ? Map.of()
        : Map.of(state.run().id(), next - state.run().first());
  }

  private void closeInAnyCase() {
    try {
      spool.close();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("injected");
    }
  }

  private Spool reopen(Map<RunId, Long> numbered) throws IOException {
    try {
      return open(numbered);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("injected");
      return open(numbered);
    } catch (Halted e) {
      directory = halted;
      return open(numbered);
    }
  }

  private Spool open(Map<RunId, Long> numbered) throws IOException {
    SpoolSettings settings =
        new SpoolSettings(directory, ByteSize.ofMegabytes(16), Duration.ofDays(1), new ByteSize(0));
    return SqliteSpool.open(settings, numbered, () -> now, disk);
  }

  /** Reads everything and holds it against the model and the account. */
  private void check() throws IOException {
    State state = spool.state();
    assertThat(state.next()).isEqualTo(next);
    Set<LossReason> reasons = EnumSet.of(LossReason.EVICTED, LossReason.EXPIRED);
    if (diskWasFull) {
      reasons.add(LossReason.UNKNOWN);
    }
    long frames = 0;
    long at = state.first();
    while (at < next) {
      List<Entry> entries = spool.read(at, 1_000, ANY_SIZE);
      assertThat(entries).isNotEmpty();
      for (Entry entry : entries) {
        assertThat(entry.from()).isEqualTo(at);
        if (entry instanceof Frame frame) {
          assertThat(appended.get(at)).contains(serialOf(frame.bytes()));
          seen.put(at, true);
          frames++;
        } else if (entry instanceof Gap gap) {
          for (long position = at; position <= gap.through(); position++) {
            if (seen.getOrDefault(position, false)) {
              assertThat(reasons).as("position %s", position).contains(gap.reason());
            }
            seen.put(position, false);
          }
        }
        at = entry.through() + 1;
      }
    }
    assertThat(state.waiting()).isEqualTo(frames);
    long truncated =
        seen.headMap(state.first()).values().stream().filter(is -> is).count();
    long lost = state.lost().values().stream().mapToLong(Long::longValue).sum();
    assertThat(truncated + frames + lost).isEqualTo(next - 1);
    assertThat(SegmentFiles.bytes(directory)).isLessThanOrEqualTo(state.limit().bytes());
    assertThat(shownMark()).isEqualTo(mark);
  }

  private int shownMark() {
    byte[] shown = spool.marks().get(MARK);
    return shown == null ? 0 : serialOf(shown);
  }

  private static Map<String, byte[]> markOf(int serial) {
    Map<String, byte[]> mark = new HashMap<>();
    mark.put(MARK, ByteBuffer.allocate(4).putInt(serial).array());
    return mark;
  }

  /** The serial number, and bytes that only it determines. */
  private static byte[] payload(int serial) {
    byte[] bytes = new byte[4 + (int) ((serial * 2_654_435_761L & 0xffff_ffffL) % LARGEST_FRAME)];
    Arrays.fill(bytes, (byte) serial);
    ByteBuffer.wrap(bytes).putInt(serial);
    return bytes;
  }

  private static int serialOf(byte[] bytes) {
    int serial = ByteBuffer.wrap(bytes).getInt();
    if (bytes.length > 4) {
      assertThat(bytes).isEqualTo(payload(serial));
    }
    return serial;
  }
}
