package dev.weir.capture;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** One opening of a spool: 128 random bits as 32 lower-case hexadecimal digits. */
public record RunId(String value) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");
  private static final SecureRandom RANDOM = new SecureRandom();

  public RunId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("a run is 32 hexadecimal digits, not \"" + value + "\"");
    }
  }

  public static RunId random() {
    byte[] bits = new byte[16];
    RANDOM.nextBytes(bits);
    return new RunId(HexFormat.of().formatHex(bits));
  }

  @Override
  public String toString() {
    return value;
  }
}
