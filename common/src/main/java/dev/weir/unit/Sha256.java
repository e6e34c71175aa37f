package dev.weir.unit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The SHA-256 of a text in UTF-8: how a secret is known without being kept.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Sha256(String hex) {
  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{64}");
  private static final int SHORT = 8;

  public Sha256 {
    hex = hex.toLowerCase(Locale.ROOT);
    if (!DIGITS.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "not a SHA-256: expected 64 hex digits, as `weir token new` prints them");
    }
  }

  public static Sha256 of(String text) {
    try {
      return new Sha256(HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8))));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Takes the same time wherever the two differ. */
  public boolean is(Sha256 other) {
    return MessageDigest.isEqual(
        hex.getBytes(StandardCharsets.US_ASCII), other.hex.getBytes(StandardCharsets.US_ASCII));
  }

  /** Its beginning: enough for people to tell two apart. */
  public String brief() {
    return hex.substring(0, SHORT);
  }

  @Override
  public String toString() {
    return hex;
  }
}
