package dev.weir.spool;

import static dev.weir.spool.Spool.WhenFull.REFUSE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.spool.Spool.Entry;
import dev.weir.spool.Spool.Frame;
import dev.weir.spool.Spool.State;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Frames that are known by their positions, ten or so to a segment, and what must be true of them.
 */
final class NumberedFrames {
  private static final ByteSize ANY_SIZE = ByteSize.ofMegabytes(1024);
  private static final int FRAME_BYTES = 100_000;

  private NumberedFrames() {}

  static SpoolSettings settings(Path directory) {
    return new SpoolSettings(
        directory, ByteSize.ofMegabytes(16), Duration.ofDays(1), new ByteSize(0));
  }

  static void append(Spool spool, int number) throws IOException {
    spool.append(List.of(frame(number)), Map.of("last", new byte[] {(byte) number}), REFUSE);
  }

  private static byte[] frame(int number) {
    byte[] frame = new byte[FRAME_BYTES];
    Arrays.fill(frame, (byte) number);
    return frame;
  }

  /** Every position is a frame as it was appended, or lost; the account says the same. */
  static void check(Spool spool) throws IOException {
    count(spool);
    State state = spool.state();
    assertThat(count(spool)).isEqualTo(state.waiting());
    assertThat(state.lost().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(state.next() - state.first() - state.waiting());
  }

  /** Frames read; the first time this comes upon the damage. */
  static long count(Spool spool) throws IOException {
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
