package dev.weir.e2e.net;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Everything comes late.
 *
 * @param jitter at most so much more or less than {@code mean}
 */
public record Latency(Duration mean, Duration jitter) implements Toxic {
  @Override
  public boolean pour(byte[] bytes, int count, Pipe pipe) throws IOException {
    long most = jitter.toNanos();
    pipe.pause(mean.plusNanos(ThreadLocalRandom.current().nextLong(-most, most + 1)));
    pipe.write(bytes, 0, count);
    return true;
  }
}
