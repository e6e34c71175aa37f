package dev.weir.spool;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long an opening takes must not depend on what waits. */
class SpoolStartTest {
  private static final int FRAMES = 1_000;
  private static final int BATCHES = 8;

  @TempDir(factory = InMemoryTempDir.class)
  Path directory;

  private Spool open() throws IOException {
    SpoolSettings settings =
        new SpoolSettings(directory, ByteSize.ofMegabytes(16), Duration.ofDays(1), new ByteSize(0));
    return SqliteSpool.open(settings, Map.of(), InstantSource.system());
  }

  /** What is not there to be read was not read: it would be counted as lost. */
  @Test
  void opensWithoutALookIntoAnySegmentButTheNewest() throws Exception {
    Spool.State before;
    try (Spool spool = open()) {
      for (int i = 0; i < BATCHES; i++) {
        List<byte[]> frames = Collections.nCopies(FRAMES, new byte[1_000]);
        spool.append(frames, Map.of("mark", new byte[] {(byte) i}), WhenFull.DROP_OLDEST);
      }
      before = spool.state();
    }
    List<Path> segments = SegmentFiles.in(directory);
    assertThat(segments).hasSizeGreaterThan(5);
    for (Path older : segments.subList(0, segments.size() - 1)) {
      Files.write(older, new byte[Math.toIntExact(Files.size(older))]);
    }

    try (Spool spool = open()) {
      assertThat(spool.state().waiting()).isEqualTo(before.waiting());
      assertThat(spool.state().lost()).isEqualTo(before.lost());
      assertThat(spool.marks().get("mark")).containsExactly(BATCHES - 1);
    }
  }
}
