package dev.weir.e2e.net;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Everything comes in small pieces.
 *
 * @param most the largest piece, in bytes
 * @param between how long after one piece the next one comes
 */
public record Slicer(int most, Duration between) implements Toxic {
  @Override
  public boolean pour(byte[] bytes, int count, Pipe pipe) throws IOException {
    int from = 0;
    while (from < count) {
      int length = Math.min(count - from, ThreadLocalRandom.current().nextInt(1, most + 1));
      pipe.write(bytes, from, length);
      pipe.pause(between);
      from += length;
    }
    return true;
  }
}
