package dev.weir.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Gap;
import dev.weir.spool.Spool.Run;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged file costs what it held and nothing else, and never keeps the spool from opening. */
class DamagedSpoolTest {
  private static final ByteSize ANY_SIZE = ByteSize.ofMegabytes(1024);
  private static final int FRAMES = 60;

  @TempDir(factory = InMemoryTempDir.class)
  Path directory;

  private Spool spool = new InMemorySpool(ANY_SIZE, Duration.ofDays(1), InstantSource.system());
  private RunId run = RunId.random();

  @BeforeEach
  void fillSomeSegments() throws IOException {
    open(Map.of());
    run = spool.state().run().id();
    for (int i = 1; i <= FRAMES; i++) {
      append(i);
    }
  }

  @AfterEach
  void close() throws IOException {
    spool.close();
  }

  @Test
  void losesASegmentThatIsEmpty() throws IOException {
    tamperWithTheSecond(file -> Files.write(file, new byte[0]));
    losesTheSecond(LossReason.CORRUPT);
  }

  @Test
  void losesASegmentThatIsCut() throws IOException {
    tamperWithTheSecond(file -> {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() / 2 + 1);
      }
    });
    losesTheSecond(LossReason.CORRUPT);
  }

  @Test
  void losesASegmentWithoutAHeader() throws IOException {
    tamperWithTheSecond(file -> SegmentFiles.overwrite(file, 0, 100));
    losesTheSecond(LossReason.CORRUPT);
  }

  @Test
  void losesASegmentWithAGarbledPage() throws IOException {
    tamperWithTheSecond(file -> SegmentFiles.overwrite(file, Files.size(file) / 2 & ~4095L, 4096));
    losesTheSecond(LossReason.CORRUPT);
  }

  @Test
  void losesASegmentOfWhichARowIsMissing() throws IOException {
    tamperWithTheSecond(file -> SegmentFiles.execute(
        file, "DELETE FROM frames WHERE position = (SELECT max(position) - 1 FROM frames)"));
    losesTheSecond(LossReason.CORRUPT);
  }

  @Test
  void losesASegmentThatIsGone() throws IOException {
    tamperWithTheSecond(Files::delete);
    losesTheSecond(LossReason.UNKNOWN);
    assertThat(directory.resolve("quarantine")).doesNotExist();
  }

  @Test
  void losesSegmentsThatAreSwapped() throws IOException {
    spool.close();
    List<Path> segments = SegmentFiles.in(directory);
    Path aside = directory.resolve("aside");
    Files.move(segments.get(1), aside);
    Files.move(segments.get(2), segments.get(1));
    Files.move(aside, segments.get(2));
    open(Map.of());

    check();
    long expected = SegmentName.first(segments.get(3)) - SegmentName.first(segments.get(1));
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.CORRUPT, expected));
  }

  @Test
  void losesASegmentThatIsDamagedWhileOpen() throws IOException {
    Path second = SegmentFiles.in(directory).get(1);
    SegmentFiles.overwrite(second, 0, 100);

    losesTheSecond(LossReason.CORRUPT);
    append(FRAMES + 1);
    check();
  }

  @Test
  void losesASegmentThatIsDeletedWhileOpen() throws IOException {
    Files.delete(SegmentFiles.in(directory).get(1));

    losesTheSecond(LossReason.CORRUPT);
  }

  @Test
  void goesOnInANewRunWhenWhatIsWrittenIsDamaged() throws IOException {
    List<Path> segments = SegmentFiles.in(directory);
    Path newest = segments.get(segments.size() - 1);
    overwriteWithWal(newest);
    check();

    long first = SegmentName.first(newest);
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.CORRUPT, FRAMES - first + 1));
    assertThat(spool.state().run().id()).isNotEqualTo(run);
    assertThat(spool.runAt(FRAMES).id()).isEqualTo(run);
    append(FRAMES + 1);
    check();
    spool.close();
    open(Map.of());
    check();
    assertThat(spool.marks()).containsOnlyKeys("last");
  }

  @Test
  void countsWhatADamagedNewestSegmentStillTells() throws IOException {
    spool.close();
    List<Path> segments = SegmentFiles.in(directory);
    Path newest = segments.get(segments.size() - 1);
    SegmentFiles.execute(newest, "DELETE FROM book WHERE name = 'start'");
    open(Map.of());

    check();
    assertThat(spool.state().next()).isEqualTo(FRAMES + 1);
    assertThat(spool.state().lost())
        .isEqualTo(Map.of(LossReason.CORRUPT, FRAMES - SegmentName.first(newest) + 1));
    assertThat(spool.runAt(FRAMES).id()).isEqualTo(run);
  }

  @Test
  void countsWhatADamagedNewestSegmentWasGiven() throws IOException {
    spool.close();
    List<Path> segments = SegmentFiles.in(directory);
    Path newest = segments.get(segments.size() - 1);
    Files.write(newest, new byte[0]);
    open(Map.of(run, FRAMES + 2L));

    check();
    assertThat(spool.state().run().first()).isEqualTo(FRAMES + 3);
    assertThat(spool.state().lost())
        .isEqualTo(Map.of(LossReason.CORRUPT, FRAMES + 2 - SegmentName.first(newest) + 1));
    assertThat(spool.runAt(FRAMES + 2).id()).isEqualTo(run);
  }

  @Test
  void deletesANewestSegmentThatWasNeverFinished() throws IOException {
    spool.close();
    Path unfinished = directory.resolve(SegmentName.of(FRAMES + 1));
    SegmentFiles.execute(unfinished, "CREATE TABLE frames(position INTEGER PRIMARY KEY)");
    open(Map.of());
    append(FRAMES + 1);

    check();
    assertThat(spool.state().lost()).isEmpty();
    assertThat(spool.state().waiting()).isEqualTo(FRAMES + 1);
  }

  @Test
  void refusesAndKeepsWhatANewerVersionWrote() throws IOException {
    spool.close();
    List<Path> segments = SegmentFiles.in(directory);
    SegmentFiles.execute(
        segments.get(segments.size() - 1), "UPDATE book SET value = 2 WHERE name = 'format'");

    assertThatThrownBy(() -> open(Map.of())).hasMessageContaining("written by a newer version");
    assertThat(SegmentFiles.in(directory)).isEqualTo(segments);
  }

  @Test
  void startsAnewWhenEverythingIsDamaged() throws IOException {
    spool.close();
    for (Path file : SegmentFiles.in(directory)) {
      SegmentFiles.overwrite(file, 0, 100);
    }
    open(Map.of(run, (long) FRAMES));

    check();
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.CORRUPT, (long) FRAMES));
    append(FRAMES + 1);
    check();
    spool.close();
    open(Map.of());
    check();
  }

  @Test
  void tellsTheRunsOfDestroyedSegmentsApart() throws IOException {
    RunId second = inARunOfItsOwn(FRAMES + 1);
    RunId third = inARunOfItsOwn(FRAMES + 2);
    List<Path> segments = SegmentFiles.in(directory);
    for (Path file : segments.subList(segments.size() - 3, segments.size())) {
      SegmentFiles.overwrite(file, 0, 100);
    }
    open(Map.of(third, 1L));

    check();
    assertThat(spool.runAt(FRAMES)).isEqualTo(new Run(run, 1));
    assertThat(spool.runAt(FRAMES + 1)).isEqualTo(new Run(second, FRAMES + 1));
    assertThat(spool.runAt(FRAMES + 2)).isEqualTo(new Run(third, FRAMES + 2));
    assertThat(spool.state().run().first()).isEqualTo(FRAMES + 3);
  }

  @Test
  void tellsTheRunsApartWhenEverythingIsDestroyed() throws IOException {
    spool.truncate(FRAMES); // only the last segment of this run stays
    RunId second = inARunOfItsOwn(FRAMES + 1);
    for (Path file : SegmentFiles.in(directory)) {
      SegmentFiles.overwrite(file, 0, 100);
    }
    open(Map.of(second, 1L));

    check();
    assertThat(spool.runAt(FRAMES)).isEqualTo(new Run(run, 1));
    assertThat(spool.runAt(FRAMES + 1)).isEqualTo(new Run(second, FRAMES + 1));
    assertThat(spool.state().next()).isEqualTo(FRAMES + 2);
  }

  private RunId inARunOfItsOwn(int number) throws IOException {
    spool.close();
    open(Map.of());
    RunId id = spool.state().run().id();
    append(number);
    spool.close();
    return id;
  }

  @Test
  void goesOnBehindTheLastRunWhenEverythingIsGone() throws IOException {
    spool.close();
    for (Path file : SegmentFiles.in(directory)) {
      Files.delete(file);
    }
    open(Map.of(run, (long) FRAMES));

    check();
    assertThat(spool.state().run().first()).isEqualTo(FRAMES + 1);
  }

  @Test
  void keepsOnlyTheNewestInQuarantine() throws IOException {
    spool.close();
    for (Path file : SegmentFiles.in(directory).subList(0, 5)) {
      SegmentFiles.overwrite(file, 0, 100);
    }
    open(Map.of());
    check();

    assertThat(SegmentFiles.in(directory.resolve("quarantine")))
        .hasSize(SpoolDirectory.MOST_QUARANTINED);
    assertThat(spool.state().used().bytes()).isEqualTo(SegmentFiles.bytes(directory));
  }

  @Test
  void putsAStrangeSegmentIntoQuarantine() throws IOException {
    spool.close();
    List<Path> segments = SegmentFiles.in(directory);
    long between = SegmentName.first(segments.get(1)) + 1;
    Files.copy(segments.get(0), directory.resolve(SegmentName.of(between)));
    open(Map.of());
    append(FRAMES + 1);

    check();
    assertThat(spool.state().lost()).isEmpty();
    assertThat(directory.resolve("quarantine").resolve(SegmentName.of(between))).exists();
  }

  private void losesTheSecond(LossReason reason) throws IOException {
    check();
    Gap gap = null;
    for (Entry entry : spool.read(1, 10_000, ANY_SIZE)) {
      gap = entry instanceof Gap found ? found : gap;
    }
    assertThat(gap).isNotNull();
    assertThat(gap.reason()).isEqualTo(reason);
    assertThat(gap.from()).isGreaterThan(1);
    assertThat(gap.through()).isLessThan(FRAMES);
    assertThat(spool.state().lost()).isEqualTo(Map.of(reason, gap.count()));
    spool.close();
    open(Map.of());
    check();
    assertThat(spool.state().lost()).isEqualTo(Map.of(reason, gap.count()));
  }

  private interface Tampering {
    void with(Path file) throws IOException;
  }

  private void tamperWithTheSecond(Tampering tampering) throws IOException {
    spool.close();
    tampering.with(SegmentFiles.in(directory).get(1));
    open(Map.of());
  }

  /** Garbage all over a segment in use: its pages, and the log that would hide it. */
  private static void overwriteWithWal(Path file) throws IOException {
    Path wal = file.resolveSibling(file.getFileName() + "-wal");
    SegmentFiles.overwrite(file, 0, (int) Files.size(file));
    if (Files.exists(wal)) {
      SegmentFiles.overwrite(wal, 32, (int) Files.size(wal) - 32);
    }
  }

  private void open(Map<RunId, Long> numbered) throws IOException {
    spool = SqliteSpool.open(NumberedFrames.settings(directory), numbered, InstantSource.system());
  }

  private void append(int number) throws IOException {
    NumberedFrames.append(spool, number);
  }

  private void check() throws IOException {
    NumberedFrames.check(spool);
  }
}
