package dev.weir.proxy.source;

import dev.weir.proxy.http.Peer;
import dev.weir.proxy.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tells which session a request belongs to. What stands in a capture is never a cookie's or a
 * header's value but its keyed hash, the same for the same value as long as the key is. Any thread
 * may ask.
 */
final class Sessions {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 16;

  private final RequestKey by;
  // Connections are counted from 1 at every start; with this no two starts share a key.
  private final String instance;
  private final ThreadLocal<Mac> mac;

  Sessions(RequestKey by, byte[] key) {
    this.by = by;
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    this.instance = HexFormat.of().formatHex(random) + "-";
    this.mac = ThreadLocal.withInitial(() -> mac(key));
  }

  /** The session of a request. */
  String of(RequestHead head, Peer peer) {
    String key = keyed(by, head);
    return key == null ? instance + peer.connection() : key;
  }

  /** The hash of what {@code by} points at in a request; null where that is not there. */
  @Nullable
  String keyed(RequestKey by, RequestHead head) {
    String value = switch (by.kind()) {
      case CONNECTION, SESSION -> null;
      case COOKIE -> cookie(head.values("Cookie"), by.name());
      case HEADER -> first(head.values(by.name()));
    };
    return value == null ? null : hash(value);
  }

  private String hash(String value) {
    byte[] full = mac.get().doFinal(value.getBytes(StandardCharsets.ISO_8859_1));
    return HexFormat.of().formatHex(full, 0, KEY_BYTES);
  }

  /** RFC 6265, section 5.4: pairs between semicolons, on one line or several. */
  private static @Nullable String cookie(List<String> lines, String name) {
    for (String line : lines) {
      int from = 0;
      while (from < line.length()) {
        int semicolon = line.indexOf(';', from);
        int end = semicolon < 0 ? line.length() : semicolon;
        int equals = line.indexOf('=', from);
        if (equals >= 0 && equals < end && line.substring(from, equals).strip().equals(name)) {
          return line.substring(equals + 1, end).strip();
        }
        from = end + 1;
      }
    }
    return null;
  }

  private static @Nullable String first(List<String> values) {
    return values.isEmpty() ? null : values.get(0);
  }

  private static Mac mac(byte[] key) {
    try {
      Mac made = Mac.getInstance(ALGORITHM);
      made.init(new SecretKeySpec(key, ALGORITHM));
      return made;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
