package dev.weir.spool;

import static dev.weir.spool.Spool.WhenFull.REFUSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.RunId;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Gap;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteSpoolTest extends SpoolContractTest {
  @TempDir(factory = InMemoryTempDir.class)
  Path temp;

  @Override
  Spool open(Map<RunId, Long> numbered) throws IOException {
    return SqliteSpool.open(settings(), numbered, clock);
  }

  private SpoolSettings settings() {
    return new SpoolSettings(directory(), LIMIT, MAX_AGE, new ByteSize(0));
  }

  private Path directory() {
    return temp.resolve("a spool?#%20");
  }

  @Test
  void letsOnlyItsOwnerIn() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
  }

  @Test
  void isNotOpenedTwice() {
    assertThatThrownBy(() -> open(Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is in use by process " + ProcessHandle.current().pid());
  }

  @Test
  void knowsWhatACrashCostThoughAnotherCameBeforeItWasBooked() throws IOException {
    spool.append(List.of(new byte[1], new byte[1]), Map.of(), REFUSE);
    RunId run = spool.state().run().id();
    Path first = SegmentFiles.copy(directory(), temp.resolve("killed"));
    try (Spool again = open(first, Map.of(run, 5L))) {
      assertThat(again.state().lost()).isEqualTo(Map.of(LossReason.CRASH, 3L));
      Path second = SegmentFiles.copy(first, temp.resolve("killed again"));
      Path third = temp.resolve("and again");
      try (Spool twice = open(second, Map.of())) {
        assertThat(twice.state().lost()).isEqualTo(Map.of(LossReason.CRASH, 3L));
        assertThat(twice.read(3, 1, LIMIT)).containsExactly(new Gap(3, 5, LossReason.CRASH));
        assertThat(twice.runAt(5).id()).isEqualTo(run);
        SegmentFiles.copy(second, third);
      }
      try (Spool thrice = open(third, Map.of())) {
        assertThat(thrice.state().lost()).isEqualTo(Map.of(LossReason.CRASH, 3L));
        assertThat(thrice.state().next()).isEqualTo(6);
      }
    }
  }

  private Spool open(Path directory, Map<RunId, Long> numbered) throws IOException {
    return SqliteSpool.open(
        new SpoolSettings(directory, LIMIT, MAX_AGE, new ByteSize(0)), numbered, clock);
  }

  @Test
  void leavesNoEmptySegmentsBehind() throws IOException {
    for (int i = 0; i < 5; i++) {
      reopen();
      spool.append(List.of(), mark("m", "1"), REFUSE);
    }
    assertThat(directory().toFile().list((dir, name) -> name.startsWith("seg-")))
        .filteredOn(name -> name.endsWith(".db"))
        .containsExactly("seg-00000000000000000001.db");
    assertThat(spool.marks()).containsOnlyKeys("m");
  }

  @Test
  void keepsMarksThroughRotation() throws IOException {
    spool.append(List.of(), mark("m", "1"), REFUSE);
    for (int i = 0; i < 40; i++) {
      spool.append(List.of(new byte[100_000]), Map.of(), REFUSE);
    }
    assertThat(SegmentFiles.in(directory())).hasSizeGreaterThan(2);
    reopen();
    assertThat(spool.marks()).containsOnlyKeys("m");
  }

  @Test
  void unlinksWhatIsTruncated() throws IOException {
    for (int i = 0; i < 80; i++) {
      spool.append(List.of(new byte[100_000]), Map.of(), REFUSE);
    }
    long before = SegmentFiles.bytes(directory());
    spool.truncate(81);

    assertThat(SegmentFiles.in(directory())).hasSize(1);
    assertThat(spool.state().used().bytes())
        .isEqualTo(SegmentFiles.bytes(directory()))
        .isLessThan(before - 6_000_000);
  }
}
