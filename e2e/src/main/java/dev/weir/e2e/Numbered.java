package dev.weir.e2e;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request that can be checked by itself: its number stands in its path, and its body is a
 * function of the number.
 *
 * @param session which connection sent it
 * @param number unique over all sessions, rising within each
 */
public record Numbered(int session, long number) {
  private static final Pattern PATH = Pattern.compile("/numbered/(\\d{1,9})/(\\d{1,18})");

  public String path() {
    return "/numbered/" + session + "/" + number;
  }

  /** Its request from a path; null for any other path. */
  static @org.jspecify.annotations.Nullable Numbered of(String path) {
    Matcher parts = PATH.matcher(path);
    return parts.matches()
        ? new Numbered(Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2)))
        : null;
  }

  public byte[] body(int size) {
    SplittableRandom random = new SplittableRandom(number);
    ByteBuffer body = ByteBuffer.allocate(size);
    while (body.remaining() >= Long.BYTES) {
      body.putLong(random.nextLong());
    }
    return body.array();
  }

  boolean isBody(byte[] bytes) {
    return Arrays.equals(bytes, body(bytes.length));
  }
}
