package dev.weir.e2e;

import java.util.Locale;

/** The links of a line, in the order of a capture's way; who dials stands first. */
public enum Link {
  CLIENT_PROXY,
  PROXY_SITE,
  PROXY_RELAY,
  PLAYER_RELAY,
  PLAYER_TARGET;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
