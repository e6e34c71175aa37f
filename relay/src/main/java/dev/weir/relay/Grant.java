package dev.weir.relay;

import dev.weir.unit.BucketName;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that a token may do, written {@code ship:shop}, {@code replay:shop}, {@code read} or
 * {@code operate}; {@code ship:*} and {@code replay:*} mean every bucket.
 *
 * @param bucket null: every bucket
 */
public record Grant(Right right, @Nullable BucketName bucket) {
  /** The kinds of things to do. */
  public enum Right {
    /** Hand captures in. */
    SHIP,
    /** Lease and settle. */
    REPLAY,
    /** See the page, its tables and captures. */
    READ,
    /** Change things: pause, rewind, purge, redrive. */
    OPERATE
  }

  private static final String EXPECTED = "ship:BUCKET, replay:BUCKET, read or operate";

  /** @throws IllegalArgumentException if the text is none of the four */
  public static Grant parse(String text) {
    String[] parts = text.split(":", 2);
    Right right = switch (parts[0]) {
      case "ship" -> Right.SHIP;
      case "replay" -> Right.REPLAY;
      case "read" -> Right.READ;
      case "operate" -> Right.OPERATE;
      default ->
        throw new IllegalArgumentException("\"" + text + "\" is not a role: write " + EXPECTED);
    };
    boolean ofBucket = right == Right.SHIP || right == Right.REPLAY;
    if (ofBucket != (parts.length == 2)) {
      throw new IllegalArgumentException("\"" + text + "\" is not a role: write " + EXPECTED
          + (ofBucket ? "; " + parts[0] + ":* means every bucket" : ""));
    }
    return new Grant(right, !ofBucket || parts[1].equals("*") ? null : new BucketName(parts[1]));
  }

  /** As it is written. */
  @Override
  public String toString() {
    String word = right.name().toLowerCase(Locale.ROOT);
    boolean ofBucket = right == Right.SHIP || right == Right.REPLAY;
    return ofBucket ? word + ":" + (bucket == null ? "*" : bucket) : word;
  }
}
