package dev.weir.spool;

import static dev.weir.spool.Spool.WhenFull.REFUSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a spool does on a disk that does not give back a segment. */
class UnreadableSpoolTest {
  private static final ByteSize ANY_SIZE = ByteSize.ofMegabytes(1024);
  private static final int FRAMES = 60;

  @TempDir(factory = InMemoryTempDir.class)
  Path directory;

  private final FaultyDisk disk = new FaultyDisk();
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private Spool spool = new InMemorySpool(ANY_SIZE, Duration.ofDays(1), () -> now);

  @BeforeEach
  void fillSomeSegments() throws IOException {
    open(Map.of());
    for (int i = 0; i < FRAMES; i++) {
      spool.append(List.of(new byte[100_000]), Map.of(), REFUSE);
    }
  }

  @AfterEach
  void close() throws IOException {
    disk.heal();
    spool.close();
  }

  private void open(Map<RunId, Long> numbered) throws IOException {
    SpoolSettings settings =
        new SpoolSettings(directory, ByteSize.ofMegabytes(16), Duration.ofDays(1), new ByteSize(0));
    spool = SqliteSpool.open(settings, numbered, () -> now, disk);
  }

  @Test
  void losesNothingWhereTheDiskRecoversSoon() throws IOException {
    Path oldest = SegmentFiles.in(directory).get(0);
    disk.refuse(oldest);
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> spool.read(1, 100, ANY_SIZE)).isInstanceOf(IOException.class);
      now = now.plusSeconds(5);
    }
    disk.heal();
    assertThat(spool.read(1, 100, ANY_SIZE)).hasSize(FRAMES);

    disk.refuse(oldest);
    spool.close();
    open(Map.of());
    assertThatThrownBy(() -> spool.read(1, 100, ANY_SIZE)).isInstanceOf(IOException.class);
    now = now.plusSeconds(30);
    assertThatThrownBy(() -> spool.read(1, 100, ANY_SIZE)).isInstanceOf(IOException.class);
    assertThat(spool.state().lost()).isEmpty();
  }

  @Test
  void givesUpASegmentThatItCannotReadForAMinute() throws IOException {
    List<Path> segments = SegmentFiles.in(directory);
    long second = SegmentName.first(segments.get(1));
    disk.refuse(segments.get(0));
    assertThatThrownBy(() -> spool.read(1, 100, ANY_SIZE)).isInstanceOf(IOException.class);
    now = now.plusSeconds(60);

    assertThat(spool.read(1, 1, ANY_SIZE).get(0))
        .isEqualTo(new Gap(1, second - 1, LossReason.IO_ERROR));
    assertThat(spool.read(second, 100, ANY_SIZE)).hasSize((int) (FRAMES - second + 1));
    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.IO_ERROR, second - 1));
    assertThat(directory.resolve("quarantine").resolve(SegmentName.of(1))).exists();
  }

  @Test
  void opensThoughItCannotReadItsNewestSegment() throws IOException {
    RunId run = spool.state().run().id();
    List<Path> segments = SegmentFiles.in(directory);
    long newest = SegmentName.first(segments.get(segments.size() - 1));
    spool.close();
    disk.refuse(segments.get(segments.size() - 1));
    open(Map.of(run, (long) FRAMES));

    assertThat(spool.state().lost()).isEqualTo(Map.of(LossReason.IO_ERROR, FRAMES - newest + 1));
    assertThat(spool.state().next()).isEqualTo(FRAMES + 1);
    spool.append(List.of(new byte[1]), Map.of(), REFUSE);
    assertThat(spool.read(1, 100, ANY_SIZE)).hasSize((int) newest); // and a gap
    assertThat(directory.resolve("quarantine").resolve(SegmentName.of(newest))).exists();
  }
}
