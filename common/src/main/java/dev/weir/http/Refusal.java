package dev.weir.http;

import java.util.Locale;

/** Why a client was turned away. In metrics: lower case, words joined by hyphens. */
public enum Refusal {
  /** Not HTTP to the letter. */
  MALFORMED,
  /** A head or a body beyond its bound. */
  TOO_LARGE,
  /** A greeting, a head or a body that did not come in time. */
  TOO_SLOW,
  /** More connections, or streams, than one client or all of them may have. */
  TOO_MANY,
  /** Without the token that the listener asks for, or from where nobody may call. */
  UNAUTHORIZED;

  private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

  public String label() {
    return label;
  }
}
