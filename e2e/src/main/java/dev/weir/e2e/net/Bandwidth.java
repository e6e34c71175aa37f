package dev.weir.e2e.net;

import java.io.IOException;
import java.time.Duration;

/** Each connection carries no more than so many bytes a second. */
public record Bandwidth(int perSecond) implements Toxic {
  private static final int STEPS = 50;

  @Override
  public boolean pour(byte[] bytes, int count, Pipe pipe) throws IOException {
    int step = Math.max(1, perSecond / STEPS);
    for (int from = 0; from < count; from += step) {
      int length = Math.min(step, count - from);
      pipe.pause(Duration.ofNanos(1_000_000_000L * length / perSecond));
      pipe.write(bytes, from, length);
    }
    return true;
  }
}
