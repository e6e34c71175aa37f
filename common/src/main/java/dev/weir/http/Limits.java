package dev.weir.http;

import dev.weir.unit.ByteRate;
import dev.weir.unit.ByteSize;
import java.time.Duration;

/**
 * What clients may take of a listener. How long each may take stands beside what waits for it, in
 * seconds by the listener's clock.
 *
 * @param connections of all clients; further ones wait in the kernel
 * @param connectionsPerAddress further ones are closed at once
 * @param uploadRate a request's body that comes more slowly, on average, is not waited for
 * @param halfHeads what heads that have begun and not ended may take together, at a source on one
 *     lane; beyond it, the oldest are not waited for
 * @param second how long a second is by the listener's clock; a test's are shorter
 */
public record Limits(
    int connections,
    int connectionsPerAddress,
    ByteRate uploadRate,
    ByteSize halfHeads,
    Duration second) {
  /** Of a source. */
  public static final Limits USUAL = new Limits(
      20_000,
      10_000,
      new ByteRate(new ByteSize(1 << 10)),
      ByteSize.ofMegabytes(16),
      Duration.ofSeconds(1));

  public Limits {
    if (connections < 1 || connectionsPerAddress < 1 || second.toMillis() < 1) {
      throw new IllegalArgumentException("at least one connection, and a clock that ticks");
    }
  }

  public Limits withConnections(int ofAll, int perAddress) {
    return new Limits(ofAll, perAddress, uploadRate, halfHeads, second);
  }

  public Limits withClients(int perAddress, ByteRate upload) {
    return new Limits(connections, perAddress, upload, halfHeads, second);
  }

  /** So many seconds by this clock. */
  Duration seconds(int count) {
    return second.multipliedBy(count);
  }
}
