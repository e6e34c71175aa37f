package dev.weir.e2e.fault;

import dev.weir.e2e.Line;
import dev.weir.e2e.Role;
import dev.weir.wire.ProxyReport.BucketState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the faults of storage ask a line's spools. */
final class Spools {
  private static final Set<String> WELL = Set.of("idle", "shipping");
  private static final long LOOK_MS = 20;

  private Spools() {}

  /** Where a role has its spool. */
  static Path folder(Line line, Role role) {
    Path data = line.seen(role);
    return data.resolve(role == Role.PROXY ? "spool" : "buckets").resolve("shop");
  }

  /** Its segments, oldest first. */
  static List<Path> segments(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("seg-\\d+\\.db"))
          .sorted()
          .toList();
    }
  }

  /** The one that is written. */
  static Path newest(Path folder) throws IOException {
    List<Path> segments = segments(folder);
    return segments.get(segments.size() - 1);
  }

  /** The first position of a segment. */
  static long first(Path segment) {
    return Long.parseLong(segment.getFileName().toString().replaceAll("\\D", ""));
  }

  /** What the proxy's spool has lost, by the proxy's own page. */
  static long lost(Line line) throws IOException, InterruptedException {
    return bucket(line).lost().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether something keeps the proxy from shipping. */
  static boolean isHeld(Line line) throws IOException, InterruptedException {
    return !WELL.contains(bucket(line).state());
  }

  /** By the proxy's own page. */
  static BucketState bucket(Line line) throws IOException, InterruptedException {
    return line.page(Role.PROXY).proxy().buckets().get(0);
  }

  /** Waits until something arrives that was requested just now; not where a role is away. */
  static void awaitArrivals(Line line, long patience) throws InterruptedException {
    for (Role role : Role.values()) {
      if (!line.process(role).isAlive()) {
        return;
      }
    }
    long now = line.production().highest();
    long until = System.nanoTime() + patience;
    while (line.target().highest() <= now) {
      if (System.nanoTime() - until > 0) {
        throw new IllegalStateException("nothing arrives any more after number " + now);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
  }
}
