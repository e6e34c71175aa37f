package dev.weir.relay.api;

import dev.weir.unit.BucketName;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a lease to its player: {@code bucket~issuer~number}.
 *
 * @param issuer the relay process that granted it; another knows nothing of it
 */
public record LeaseId(BucketName bucket, Issuer issuer, long number) {
  private static final Pattern FORM = Pattern.compile("([^~]+)~([0-9a-f]{16})~(\\d{1,18})");

  /** One start of a relay: 64 random bits. */
  public record Issuer(String value) {
    private static final SecureRandom RANDOM = new SecureRandom();

    public static Issuer random() {
      return new Issuer(HexFormat.of().toHexDigits(RANDOM.nextLong()));
    }
  }

  /** @throws IllegalArgumentException if the text is no lease's name */
  static LeaseId parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is not the id of a lease");
    }
    return new LeaseId(
        new BucketName(parts.group(1)), new Issuer(parts.group(2)), Long.parseLong(parts.group(3)));
  }

  @Override
  public String toString() {
    return bucket + "~" + issuer.value() + "~" + number;
  }
}
