package dev.weir.bench.jmh;

import dev.weir.capture.Capture;
import dev.weir.capture.CaptureCodec;
import dev.weir.capture.MalformedException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Writing and reading one capture of a 1 KB POST. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CaptureCodecBenchmark {
  private final Capture capture = Orders.capture();
  private final byte[] encoded = CaptureCodec.encode(capture);

  @Benchmark
  public byte[] encode() {
    return CaptureCodec.encode(capture);
  }

  @Benchmark
  public Capture decode() throws MalformedException {
    return CaptureCodec.decode(encoded);
  }
}
