package dev.weir.config;

import dev.weir.unit.ListenAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a role tells how it is. One that other machines can reach asks for a token.
 *
 * @param tls null: plain HTTP
 * @param tokens who may call; none: everybody on this machine
 */
@Shorthand("listen")
public record AdminListener(
    ListenAddress listen, @Nullable ServerTls tls, List<AccessToken> tokens) {
  public AdminListener {
    tokens = List.copyOf(tokens);
    new Check()
        .that(
            listen.isLoopback() || !tokens.isEmpty(),
            "listen",
            listen + " can be reached from other machines, so it needs tokens: run"
                + " `weir token new` and put what it prints under tokens",
            "tokens")
        .end();
  }

  @Override
  public String toString() {
    return listen.toString();
  }
}
