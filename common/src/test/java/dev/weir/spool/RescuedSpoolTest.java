package dev.weir.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.spool.Spool.WhenFull;
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

/** What is saved of a segment that is damaged in part. */
class RescuedSpoolTest {
  private static final ByteSize ANY_SIZE = ByteSize.ofMegabytes(1024);
  private static final int FRAMES = 40;

  @TempDir(factory = InMemoryTempDir.class)
  Path directory;

  @TempDir(factory = InMemoryTempDir.class)
  Path temp;

  private final FaultyDisk disk = new FaultyDisk();
  private Spool spool = new InMemorySpool(ANY_SIZE, Duration.ofDays(1), InstantSource.system());

  @BeforeEach
  void fillSomeSegments() throws IOException {
    open();
    for (int i = 1; i <= FRAMES; i++) {
      NumberedFrames.append(spool, i);
    }
  }

  @AfterEach
  void close() throws IOException {
    spool.close();
  }

  private void open() throws IOException {
    spool = SqliteSpool.open(
        NumberedFrames.settings(directory), Map.of(), InstantSource.system(), disk);
  }

  @Test
  void savesWhatCanBeReadBeforeAndAfterTheDamage() throws IOException {
    List<Path> segments = SegmentFiles.in(directory);
    long second = SegmentName.first(segments.get(1));
    long third = SegmentName.first(segments.get(2));
    assertThat(third - second).isGreaterThan(5);
    spool.truncate(second + 1);
    spool.close();
    SegmentFiles.execute(
        segments.get(1),
        "DELETE FROM frames WHERE position = " + (second + 3),
        "UPDATE frames SET crc = 1 WHERE position = " + (second + 5));
    open();

    NumberedFrames.check(spool);
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.CORRUPT, 2L));
    assertThat(spool.read(second + 3, 1, ANY_SIZE))
        .startsWith(new Gap(second + 3, second + 3, LossReason.CORRUPT));
    assertThat(spool.state().used().bytes()).isEqualTo(SegmentFiles.bytes(directory));
    assertThat(SegmentFiles.in(directory.resolve("quarantine"))).hasSize(1);
    spool.truncate(second + 4);
    spool.close();
    open();
    assertThat(NumberedFrames.count(spool)).isEqualTo(spool.state().waiting());
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.CORRUPT, 2L));
    assertThat(spool.state().waiting()).isEqualTo(FRAMES - second - 3 - 1);
  }

  @Test
  void losesOnlyTheRowsOfADamagedPage() throws IOException {
    List<byte[]> frames = Collections.nCopies(2_000, new byte[200]);
    Path small = temp.resolve("small");
    spool.close();
    try (Spool before =
        SqliteSpool.open(NumberedFrames.settings(small), Map.of(), InstantSource.system())) {
      before.append(frames, Map.of(), WhenFull.REFUSE);
    }
    SegmentFiles.overwrite(SegmentFiles.in(small).get(0), 20L * SqliteFile.PAGE, SqliteFile.PAGE);
    spool = SqliteSpool.open(NumberedFrames.settings(small), Map.of(), InstantSource.system());

    long rowsOfAPage = SqliteFile.PAGE / 200;
    long read = 0;
    for (long at = 1; at < spool.state().next(); ) {
      for (Entry entry : spool.read(at, 1_000, ANY_SIZE)) {
        read += entry instanceof Frame ? 1 : 0;
        at = entry.through() + 1;
      }
    }
    assertThat(spool.state().lost().get(LossReason.CORRUPT)).isBetween(1L, rowsOfAPage);
    assertThat(read).isEqualTo(2_000 - spool.state().lost().get(LossReason.CORRUPT));
  }

  @Test
  void losesAllOfADamagedSegmentWhereThereIsNoRoomToSaveIt() throws IOException {
    disk.usable(1 << 20);
    Path second = SegmentFiles.in(directory).get(1);
    spool.close();
    SegmentFiles.overwrite(second, Files.size(second) / 2 & ~4095L, 4096);
    open();
    NumberedFrames.check(spool);
    assertThat(spool.state().lost().get(LossReason.CORRUPT)).isGreaterThan(3);
    assertThat(directory.resolve("rescued.db")).doesNotExist();
  }

  @Test
  void staysBalancedWhereverItIsHaltedWhileItSaves() throws IOException {
    Path second = SegmentFiles.in(directory).get(1);
    spool.close();
    SegmentFiles.execute(
        second, "DELETE FROM frames WHERE position = " + (SegmentName.first(second) + 2));
    boolean halted = true;
    for (int point = 1; halted; point++) {
      Path copy = SegmentFiles.copy(directory, temp.resolve("halted-" + point));
      FaultyDisk mortal = new FaultyDisk();
      Spool dying =
          SqliteSpool.open(NumberedFrames.settings(copy), Map.of(), InstantSource.system(), mortal);
      mortal.strikeAt(point, () -> {
        throw new FaultyDisk.Halted();
      });
      halted = isHalted(dying);
      Path left = SegmentFiles.copy(copy, temp.resolve("left-" + point));
      mortal.heal();
      abandon(dying);
      spool = SqliteSpool.open(NumberedFrames.settings(left), Map.of(), InstantSource.system());
      NumberedFrames.check(spool);
      assertThat(spool.state().lost()).as("at " + point).isEqualTo(Map.of(LossReason.CORRUPT, 1L));
      spool.close();
      assertThat(point).isLessThan(100);
    }
  }

  private static void abandon(Spool dead) {
    try {
      dead.close();
    } catch (IOException e) {
      // it was in the middle of something
    }
  }

  private static boolean isHalted(Spool dying) throws IOException {
    try {
      dying.read(1, 100, ANY_SIZE);
      return false;
    } catch (FaultyDisk.Halted e) {
      return true;
    }
  }
}
