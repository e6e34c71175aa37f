package dev.weir.spool;

import static dev.weir.spool.Spool.WhenFull.REFUSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.Gap;
import dev.weir.spool.Spool.State;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
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
  private static final int FRAME_BYTES = 100_000;

  @TempDir(factory = InMemoryTempDir.class)
  Path directory;

  @TempDir(factory = InMemoryTempDir.class)
  Path temp;

  private final FaultyDisk disk = new FaultyDisk();
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
    tamperWithTheSecond(file -> overwrite(file, 0, 100));
    losesTheSecond(LossReason.CORRUPT);
  }

  @Test
  void losesASegmentWithAGarbledPage() throws IOException {
    tamperWithTheSecond(file -> overwrite(file, Files.size(file) / 2 & ~4095L, 4096));
    losesTheSecond(LossReason.CORRUPT);
  }

  @Test
  void savesWhatCanBeReadBeforeAndAfterTheDamage() throws IOException {
    List<Path> segments = SegmentFiles.in(directory);
    long second = SegmentName.first(segments.get(1));
    long third = SegmentName.first(segments.get(2));
    assertThat(third - second).isGreaterThan(5);
    spool.truncate(second + 1);
    spool.close();
    execute(
        segments.get(1),
        "DELETE FROM frames WHERE position = " + (second + 3),
        "UPDATE frames SET crc = 1 WHERE position = " + (second + 5));
    open(Map.of());

    check();
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.CORRUPT, 2L));
    assertThat(spool.read(second + 3, 1, ANY_SIZE))
        .startsWith(new Gap(second + 3, second + 3, LossReason.CORRUPT));
    assertThat(spool.state().used().bytes()).isEqualTo(SegmentFiles.bytes(directory));
    assertThat(SegmentFiles.in(directory.resolve("quarantine"))).hasSize(1);
    spool.truncate(second + 4);
    spool.close();
    open(Map.of());
    assertThat(count()).isEqualTo(spool.state().waiting());
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.CORRUPT, 2L));
    assertThat(spool.state().waiting()).isEqualTo(FRAMES - second - 3 - 1);
  }

  @Test
  void losesAllOfADamagedSegmentWhereThereIsNoRoomToSaveIt() throws IOException {
    disk.usable(1 << 20);
    tamperWithTheSecond(file -> overwrite(file, Files.size(file) / 2 & ~4095L, 4096));
    check();
    assertThat(spool.state().lost().get(LossReason.CORRUPT)).isGreaterThan(3);
    assertThat(directory.resolve("rescued.db")).doesNotExist();
  }

  @Test
  void staysBalancedWhereverItIsHaltedWhileItSaves() throws IOException {
    Path second = SegmentFiles.in(directory).get(1);
    spool.close();
    execute(second, "DELETE FROM frames WHERE position = " + (SegmentName.first(second) + 2));
    boolean halted = true;
    for (int point = 1; halted; point++) {
      Path copy = SegmentFiles.copy(directory, temp.resolve("halted-" + point));
      FaultyDisk mortal = new FaultyDisk();
      Spool dying = SqliteSpool.open(settings(copy), Map.of(), InstantSource.system(), mortal);
      mortal.strikeAt(point, () -> {
        throw new FaultyDisk.Halted();
      });
      halted = isHalted(dying);
      Path left = SegmentFiles.copy(copy, temp.resolve("left-" + point));
      mortal.heal();
      abandon(dying);
      spool = SqliteSpool.open(settings(left), Map.of(), InstantSource.system());
      check();
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

  @Test
  void losesASegmentOfWhichARowIsMissing() throws IOException {
    tamperWithTheSecond(file -> execute(
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
    overwrite(second, 0, 100);

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
    execute(newest, "DELETE FROM book WHERE name = 'start'");
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
    execute(unfinished, "CREATE TABLE frames(position INTEGER PRIMARY KEY)");
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
    execute(segments.get(segments.size() - 1), "UPDATE book SET value = 2 WHERE name = 'format'");

    assertThatThrownBy(() -> open(Map.of())).hasMessageContaining("written by a newer version");
    assertThat(SegmentFiles.in(directory)).isEqualTo(segments);
  }

  @Test
  void startsAnewWhenEverythingIsDamaged() throws IOException {
    spool.close();
    for (Path file : SegmentFiles.in(directory)) {
      overwrite(file, 0, 100);
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
      overwrite(file, 0, 100);
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

  private static void overwrite(Path file, long at, int bytes) throws IOException {
    byte[] garbage = new byte[bytes];
    Arrays.fill(garbage, (byte) 0xa5);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(garbage), at);
    }
  }

  /** Garbage all over a segment in use: its pages, and the log that would hide it. */
  private static void overwriteWithWal(Path file) throws IOException {
    Path wal = file.resolveSibling(file.getFileName() + "-wal");
    overwrite(file, 0, (int) Files.size(file));
    if (Files.exists(wal)) {
      overwrite(wal, 32, (int) Files.size(wal) - 32);
    }
  }

  private static void execute(Path file, String... changes) throws IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : changes) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private void open(Map<RunId, Long> numbered) throws IOException {
    spool = SqliteSpool.open(settings(directory), numbered, InstantSource.system(), disk);
  }

  private static SpoolSettings settings(Path directory) {
    return new SpoolSettings(
        directory, ByteSize.ofMegabytes(16), Duration.ofDays(1), new ByteSize(0));
  }

  private void append(int number) throws IOException {
    spool.append(List.of(frame(number)), Map.of("last", new byte[] {(byte) number}), REFUSE);
  }

  private static byte[] frame(int number) {
    byte[] frame = new byte[FRAME_BYTES];
    Arrays.fill(frame, (byte) number);
    return frame;
  }

  /** Every position is a frame as it was appended, or lost; the account says the same. */
  private void check() throws IOException {
    count();
    State state = spool.state();
    assertThat(count()).isEqualTo(state.waiting());
    assertThat(state.lost().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(state.next() - state.first() - state.waiting());
  }

  /** Frames read; the first time this comes upon the damage. */
  private long count() throws IOException {
    long at = spool.state().first();
    long frames = 0;
    while (at < spool.state().next()) {
      List<Entry> entries = spool.read(at, 7, ANY_SIZE);
      assertThat(entries).isNotEmpty();
      for (Entry entry : entries) {
        assertThat(entry.from()).isEqualTo(at);
        if (entry instanceof Frame frame) {
          assertThat(frame.bytes()).isEqualTo(frame((int) at));
          frames++;
        }
        at = entry.through() + 1;
      }
    }
    return frames;
  }
}
