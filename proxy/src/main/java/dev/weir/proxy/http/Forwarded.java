package dev.weir.proxy.http;

import dev.weir.proxy.http.Head.Kind;
import org.jspecify.annotations.Nullable;

/** Which headers tell a service who its client was; what is there already is kept. */
public enum Forwarded {
  NONE,
  /** X-Forwarded-For, -Proto and -Host. */
  X_FORWARDED,
  /** RFC 7239. */
  FORWARDED;

  /** The field that gets one more element. */
  @Nullable
  Kind list() {
    return switch (this) {
      case NONE -> null;
      case X_FORWARDED -> Kind.X_FORWARDED_FOR;
      case FORWARDED -> Kind.FORWARDED;
    };
  }

  String listName() {
    return this == FORWARDED ? "Forwarded" : "X-Forwarded-For";
  }

  String element(Head head, Peer peer) {
    String address = peer.client().address();
    if (this == X_FORWARDED) {
      return address;
    }
    int host = head.find(Kind.HOST);
    String authority = host < 0 ? "" : head.value(host);
    boolean fits =
        !authority.isEmpty() && authority.indexOf('"') < 0 && authority.indexOf('\\') < 0;
    return "for="
        + (address.indexOf(':') >= 0 ? "\"[" + address + "]\"" : address)
        + (fits ? ";host=\"" + authority + "\"" : "")
        + ";proto="
        + peer.scheme();
  }
}
