package dev.weir.e2e;

import java.util.Locale;

/** The roles of a line. */
public enum Role {
  PROXY,
  RELAY,
  PLAYER;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
