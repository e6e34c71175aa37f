package dev.weir.proxy.source;

import dev.weir.config.Check;
import dev.weir.config.Default;
import dev.weir.http.Limits;
import dev.weir.unit.ByteRate;

/**
 * What one client may take of a source's listener.
 *
 * @param connections of one IPv4 address, or of one IPv6 network of 64 bits; further ones are
 *     closed at once
 * @param uploadRate how fast the body of a request must come, on average over half a minute or more
 */
public record ClientLimits(
    @Default("10000") int connections, @Default("1KB/s") ByteRate uploadRate) {
  public ClientLimits {
    new Check().that(connections >= 1, "connections", "must be 1 or more").end();
  }

  Limits limits() {
    return Limits.USUAL.withClients(connections, uploadRate);
  }
}
