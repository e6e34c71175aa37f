package dev.weir.bench.jmh;

import dev.weir.capture.CaptureCodec;
import dev.weir.spool.Spool;
import dev.weir.spool.SpoolSettings;
import dev.weir.spool.SqliteSpool;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One durable commit of a batch to a spool on disk that drops its oldest. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SpoolAppendBenchmark {
  /** Captures in a batch: alone, and what gathers in five milliseconds of heavy traffic. */
  @Param({"1", "200"})
  public int batch;

  private Path directory = Path.of("");
  private List<byte[]> frames = List.of();
  private @Nullable Spool spool;

  @Setup(Level.Trial)
  public void open() throws IOException {
    // not where temporary files go: that may be memory
    directory = Files.createTempDirectory(Path.of("bench", "target"), "spool");
    frames = Collections.nCopies(batch, CaptureCodec.encode(Orders.capture()));
    spool = SqliteSpool.open(
        new SpoolSettings(
            directory, ByteSize.ofMegabytes(256), Duration.ofDays(1), ByteSize.ofMegabytes(16)),
        Map.of(),
        InstantSource.system());
  }

  @Benchmark
  public Spool.Append append() throws IOException {
    return opened().append(frames, Map.of(), Spool.WhenFull.DROP_OLDEST);
  }

  private Spool opened() {
    return Objects.requireNonNull(spool, "no spool is open");
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    opened().close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
