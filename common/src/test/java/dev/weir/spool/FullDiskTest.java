package dev.weir.spool;

import static dev.weir.spool.Spool.WhenFull.DROP_OLDEST;
import static dev.weir.spool.Spool.WhenFull.REFUSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.durable.CrashPoint;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Append;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a spool does on a disk that is full, or that refuses to write. */
class FullDiskTest {
  private static final ByteSize ANY_SIZE = ByteSize.ofMegabytes(1024);
  private static final ByteSize MIN_FREE = ByteSize.ofMegabytes(100);

  @TempDir(factory = InMemoryTempDir.class)
  Path directory;

  private final FaultyDisk disk = new FaultyDisk();
  private Spool spool = new InMemorySpool(ANY_SIZE, Duration.ofDays(1), InstantSource.system());

  @BeforeEach
  void open() throws IOException {
    SpoolSettings settings =
        new SpoolSettings(directory, ByteSize.ofMegabytes(16), Duration.ofDays(1), MIN_FREE);
    spool = SqliteSpool.open(settings, Map.of(), InstantSource.system(), disk);
  }

  @AfterEach
  void close() throws IOException {
    disk.heal();
    spool.close();
  }

  @Test
  void refusesFramesAndTakesThemAgainWhenThereIsRoom() throws IOException {
    assertThat(append(REFUSE)).isEqualTo(new Append.Done(1, 10));
    disk.strikeAlways(CrashPoint.BEFORE_COMMIT, FaultyDisk.full());
    assertThat(append(REFUSE)).isInstanceOf(Append.Full.class);
    assertThat(append(DROP_OLDEST)).isInstanceOf(Append.Full.class);
    assertThat(spool.read(1, 100, ANY_SIZE)).hasSize(10);
    disk.heal();

    assertThat(append(REFUSE)).isEqualTo(new Append.Done(11, 20));
    assertThat(spool.read(1, 100, ANY_SIZE)).hasSize(20);
  }

  @Test
  void commitsMarksOnTheBallast() throws IOException {
    append(REFUSE);
    disk.strikeAt(CrashPoint.BEFORE_COMMIT, 1, FaultyDisk.full());

    assertThat(spool.append(List.of(), Map.of("m", new byte[1]), REFUSE))
        .isInstanceOf(Append.Done.class);
    assertThat(disk.passed()).contains(CrashPoint.BALLAST_FREED);
    assertThat(directory.resolve("ballast")).doesNotExist();
    assertThat(spool.marks()).containsOnlyKeys("m");

    spool.expire();
    assertThat(directory.resolve("ballast")).hasSize(1 << 20);
  }

  @Test
  void keepsTheBallastOffADiskThatIsNearlyFull() throws IOException {
    append(REFUSE);
    disk.strikeAt(CrashPoint.BEFORE_COMMIT, 1, FaultyDisk.full());
    spool.append(List.of(), Map.of("m", new byte[1]), REFUSE);
    disk.usable(MIN_FREE.bytes());
    spool.expire();

    assertThat(directory.resolve("ballast")).doesNotExist();
  }

  @Test
  void dropsTheOldestWhenTheDiskIsFull() throws IOException {
    appendSomeSegments();
    disk.strikeAt(CrashPoint.BEFORE_COMMIT, 1, FaultyDisk.full());
    long next = spool.state().next();

    assertThat(append(DROP_OLDEST)).isEqualTo(new Append.Done(next, next + 9));
    Gap gap = (Gap) spool.read(1, 1, ANY_SIZE).get(0);
    assertThat(gap.reason()).isEqualTo(LossReason.EVICTED);
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.EVICTED, gap.count()));
  }

  @Test
  void unlinksTheOldestEvenIfThatCannotBeBooked() throws IOException {
    appendSomeSegments();
    int segments = SegmentFiles.in(directory).size();
    disk.strikeAlways(CrashPoint.BEFORE_COMMIT, FaultyDisk.full());
    assertThat(append(DROP_OLDEST)).isInstanceOf(Append.Full.class);
    assertThat(SegmentFiles.in(directory)).hasSizeLessThan(segments);
    disk.heal();
    append(DROP_OLDEST);
    spool.close();
    open();

    Gap gap = (Gap) spool.read(1, 1, ANY_SIZE).get(0);
    assertThat(gap.reason()).isEqualTo(LossReason.EVICTED);
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.EVICTED, gap.count()));
  }

  @Test
  void leavesTheFreeSpaceThatItWasToldTo() throws IOException {
    appendSomeSegments();
    long waiting = spool.state().waiting();
    disk.usable(MIN_FREE.bytes());

    assertThat(append(REFUSE)).isInstanceOf(Append.Full.class);
    assertThat(spool.append(List.of(), Map.of("m", new byte[1]), REFUSE))
        .isInstanceOf(Append.Done.class);
    assertThat(spool.state().waiting()).isEqualTo(waiting);
  }

  @Test
  void dropsNothingWhereThatDoesNotHelp() throws IOException {
    appendSomeSegments();
    disk.usable(0);

    assertThat(append(DROP_OLDEST)).isInstanceOf(Append.Full.class);
    assertThat(spool.state().lost()).isEmpty();
  }

  @Test
  void appendsNothingWhenTheCommitFails() throws IOException {
    for (CrashPoint point :
        List.of(CrashPoint.TRANSACTION_BEGUN, CrashPoint.BEFORE_COMMIT, CrashPoint.AFTER_COMMIT)) {
      long next = spool.state().next();
      disk.strikeAt(point, 1, FaultyDisk.broken());
      assertThatThrownBy(() -> append(REFUSE)).hasMessageContaining("injected");

      assertThat(spool.state().next()).isEqualTo(next);
      assertThat(spool.read(next, 1, ANY_SIZE)).isEmpty();
      assertThat(append(REFUSE)).isEqualTo(new Append.Done(next, next + 9));
      assertThat(spool.read(next, 100, ANY_SIZE)).hasSize(10);
    }
  }

  @Test
  void takesBackWhatAFailedCommitLeftBehind() throws IOException {
    append(REFUSE);
    spool.lose(1, LossReason.FULL);
    spool.append(List.of(), Map.of("m", new byte[] {1}), REFUSE);
    spool.lose(1, LossReason.FULL);
    disk.strikeAt(CrashPoint.AFTER_COMMIT, 1, FaultyDisk.broken());
    assertThatThrownBy(
            () -> spool.append(List.of(new byte[1]), Map.of("m", new byte[] {2}), REFUSE))
        .hasMessageContaining("injected");
    spool.append(List.of(), Map.of("n", new byte[] {3}), REFUSE);
    spool.close();
    open();

    assertThat(spool.state().next()).isEqualTo(13);
    assertThat(spool.marks().get("m")).containsExactly(1);
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.FULL, 2L));
    assertThat(spool.read(11, 10, ANY_SIZE)).containsExactly(new Gap(11, 12, LossReason.FULL));
  }

  @Test
  void replacesAnEmptySegmentThatIsDamaged() throws IOException {
    spool.append(List.of(), Map.of("m", new byte[1]), REFUSE);
    Path segment = SegmentFiles.in(directory).get(0);
    disk.strikeAt(CrashPoint.BEFORE_COMMIT, 1, FaultyDisk.broken());
    assertThatThrownBy(() -> append(REFUSE)).hasMessageContaining("injected");
    Files.write(segment, new byte[10_000]);

    assertThat(append(REFUSE)).isEqualTo(new Append.Done(1, 10));
    assertThat(spool.state().lost()).isEmpty();
    assertThat(spool.marks()).containsOnlyKeys("m");
  }

  @Test
  void commitsOnAnInterruptedThread() throws IOException {
    Thread.currentThread().interrupt();
    try {
      appendSomeSegments();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(spool.read(1, 1, ANY_SIZE)).hasSize(1);
  }

  @Test
  void keepsTheOldSegmentWhenANewOneCannotBeMade() throws IOException {
    for (CrashPoint point :
        List.of(CrashPoint.SEGMENT_BUILT, CrashPoint.SEGMENT_NAMED, CrashPoint.SEGMENT_SYNCED)) {
      long next = spool.state().next();
      disk.strikeAlways(point, FaultyDisk.broken());
      assertThatThrownBy(this::appendSomeSegments).hasMessageContaining("injected");
      disk.heal();
      assertThat(Files.exists(directory.resolve("new.db"))).isFalse();
      appendSomeSegments();
      spool.close();
      open();

      long through = spool.state().next() - 1;
      assertThat(through).isGreaterThan(next);
      assertThat(spool.state().waiting()).isEqualTo(through);
      assertThat(spool.state().lost()).isEmpty();
    }
  }

  private Append append(Spool.WhenFull whenFull) throws IOException {
    return spool.append(Collections.nCopies(10, new byte[1_000]), Map.of(), whenFull);
  }

  private void appendSomeSegments() throws IOException {
    for (int i = 0; i < 5; i++) {
      spool.append(Collections.nCopies(10, new byte[100_000]), Map.of(), REFUSE);
    }
  }
}
