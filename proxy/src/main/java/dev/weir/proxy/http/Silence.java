package dev.weir.proxy.http;

import dev.weir.config.Check;
import dev.weir.config.Default;
import java.time.Duration;

/**
 * How long an exchange under way may stand still, each to the second, before it is broken off.
 *
 * @param upload no byte of a request's body comes, or the service takes none
 * @param answer no byte of an answer comes, or the client takes none
 * @param tunnel no byte passes after the protocol was switched, as WebSocket does
 */
public record Silence(
    @Default("60s") Duration upload,
    @Default("10m") Duration answer,
    @Default("1h") Duration tunnel) {
  private static final Duration LEAST = Duration.ofSeconds(1);

  public static final Silence USUAL =
      new Silence(Duration.ofSeconds(60), Duration.ofMinutes(10), Duration.ofHours(1));

  public Silence {
    new Check()
        .that(upload.compareTo(LEAST) >= 0, "upload", "must be 1s or more")
        .that(answer.compareTo(LEAST) >= 0, "answer", "must be 1s or more")
        .that(tunnel.compareTo(LEAST) >= 0, "tunnel", "must be 1s or more")
        .end();
  }
}
