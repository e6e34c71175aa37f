package dev.weir.config;

import dev.weir.unit.Origin;
import org.jspecify.annotations.Nullable;

/**
 * How a proxy or a player reaches its relay.
 *
 * @param token sent as a bearer token; none for a relay on loopback
 */
public record RelayConnection(
    Origin url, @Nullable Secret token, @Nullable ClientTls tls) {
  public RelayConnection {
    new Check()
        .that(tls == null || url.isTls(), "tls", "tls is set, but url begins with http://")
        .end();
  }
}
