package dev.weir.cli;

import dev.weir.config.Reloading;
import dev.weir.loop.Running;
import dev.weir.player.Player;
import dev.weir.player.PlayerConfig;
import dev.weir.proxy.Proxy;
import dev.weir.proxy.ProxyConfig;
import dev.weir.relay.Relay;
import dev.weir.relay.RelayConfig;
import dev.weir.script.engine.ScriptException;
import java.io.IOException;

/** How each role is started. */
record Roles(Start<ProxyConfig> proxy, Start<RelayConfig> relay, Start<PlayerConfig> player) {
  static final Roles REAL = new Roles(Proxy::start, Relay::start, Player::start);

  /** A role's composition root. */
  interface Start<C extends Record> {
    /**
     * Returns once the role serves.
     *
     * @param again where the configuration is read again
     * @throws ScriptException if one of its scripts does not start
     * @throws IOException if it cannot; the message says what to change
     */
    Running start(C config, Reloading.Source<C> again) throws IOException, ScriptException;
  }
}
