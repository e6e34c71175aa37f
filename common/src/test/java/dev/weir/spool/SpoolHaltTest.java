package dev.weir.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.capture.RunId;
import dev.weir.durable.CrashPoint;
import dev.weir.ledger.LossReason;
import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.unit.ByteSize;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Other processes: one that has the spool open, and one that is halted between two steps. */
class SpoolHaltTest {
  private static final ByteSize ANY_SIZE = ByteSize.ofMegabytes(1024);

  @TempDir(factory = InMemoryTempDir.class)
  Path directory;

  @Test
  void isNotOpenedWhileAnotherProcessHasIt() throws Exception {
    Process holder = start("hold", "LOCKED:0");
    try (BufferedReader lines = holder.inputReader()) {
      assertThat(lines.readLine()).startsWith("open ");

      assertThatThrownBy(() -> open(Map.of()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is in use by process " + holder.pid());
    } finally {
      holder.destroyForcibly().waitFor();
    }
    open(Map.of()).close();
  }

  @ParameterizedTest
  @EnumSource(names = {"AFTER_COMMIT", "SEGMENT_NAMED", "BEFORE_UNLINK"})
  void keepsWhatWasPromisedWhereverItIsHalted(CrashPoint point) throws Exception {
    Process process = start("work", point + ":3");
    List<String> lines = new ArrayList<>();
    try (BufferedReader output = process.inputReader()) {
      output.lines().forEach(lines::add);
    }
    assertThat(process.waitFor()).isEqualTo(137);

    long stored = 0;
    int mark = 0;
    Map<RunId, Long> numbered = Map.of();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "open" -> numbered = Map.of(new RunId(words[1]), 0L);
        case "stored" -> {
          stored = Long.parseLong(words[1]);
          mark = Integer.parseInt(words[2]);
        }
        default -> assertThat(words[0]).isEqualTo("truncated");
      }
    }
    try (Spool spool = open(numbered)) {
      assertThat(spool.state().next()).isGreaterThan(stored);
      byte[] last = spool.marks().get("last");
      assertThat(last == null ? 0 : (int) last[0]).isBetween(mark, mark + 1);
      assertThat(spool.state().lost().keySet())
          .isSubsetOf(LossReason.FULL, LossReason.EVICTED, LossReason.EXPIRED);
      assertThat(count(spool)).isEqualTo(spool.state().waiting());
      assertThat(SegmentFiles.bytes(directory)).isLessThanOrEqualTo(16 << 20);
    }
  }

  private static long count(Spool spool) throws IOException {
    long frames = 0;
    long at = spool.state().first();
    while (at < spool.state().next()) {
      for (Entry entry : spool.read(at, 100, ANY_SIZE)) {
        assertThat(entry.from()).isEqualTo(at);
        at = entry.through() + 1;
        frames += entry instanceof Frame ? 1 : 0;
      }
    }
    return frames;
  }

  private Process start(String task, String crashAt) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-XX:TieredStopAtLevel=1",
            "-Dweir.crash-at=" + crashAt,
            "-cp",
            System.getProperty("java.class.path"),
            SpoolProcess.class.getName(),
            directory.toString(),
            task)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private Spool open(Map<RunId, Long> numbered) throws IOException {
    SpoolSettings settings =
        new SpoolSettings(directory, ByteSize.ofMegabytes(16), Duration.ofDays(1), new ByteSize(0));
    return SqliteSpool.open(settings, numbered, InstantSource.system());
  }
}
