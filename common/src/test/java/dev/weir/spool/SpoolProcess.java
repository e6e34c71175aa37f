package dev.weir.spool;

import dev.weir.ledger.LossReason;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Another process with a spool: appends, loses, drops, truncates, and says on a line of its own
 * what it was promised; {@code hold} opens the spool and waits to be ended.
 */
final class SpoolProcess {
  private static Instant now = Instant.parse("2026-01-02T03:04:05Z");

  private SpoolProcess() {}

  public static void main(String[] args) throws IOException {
    SpoolSettings settings = new SpoolSettings(
        Path.of(args[0]), ByteSize.ofMegabytes(16), Duration.ofDays(1), new ByteSize(0));
    try (Spool spool = SqliteSpool.open(settings, Map.of(), () -> now)) {
      System.out.println("open " + spool.state().run().id());
      if (args[1].equals("hold")) {
        System.in.read();
      } else {
        work(spool);
      }
    }
  }

  private static void work(Spool spool) throws IOException {
    for (int i = 1; i <= 120; i++) {
      if (i % 10 == 0) {
        spool.lose(2, LossReason.FULL);
      }
      List<byte[]> frames = Collections.nCopies(3, new byte[90_000]);
      Map<String, byte[]> marks = Map.of("last", new byte[] {(byte) i});
      if (spool.append(frames, marks, Spool.WhenFull.DROP_OLDEST)
          instanceof Spool.Append.Done done) {
        System.out.println("stored " + done.last() + " " + i);
      }
      if (i % 40 == 0) {
        spool.truncate(
            spool.state().first() + (spool.state().next() - spool.state().first()) / 2);
        System.out.println("truncated " + spool.state().first());
      }
      if (i == 60) {
        now = now.plus(Duration.ofHours(3));
        spool.expire();
      }
    }
  }
}
