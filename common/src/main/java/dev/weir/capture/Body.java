package dev.weir.capture;

import java.util.Arrays;

/**
 * Body bytes as they stood on the wire, after transfer coding and before content coding is undone.
 * Immutable.
 */
public final class Body {
  public static final Body EMPTY = new Body(new byte[0], 0);

  private final byte[] bytes;
  private final long length;

  private Body(byte[] bytes, long length) {
    this.bytes = bytes;
    this.length = length;
  }

  /** Takes the array over: whoever calls must not change it afterwards. */
  public static Body of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Body(bytes, bytes.length);
  }

  /**
   * The first bytes of a body that was longer than the capture limit.
   *
   * @param length how many bytes the whole body had
   */
  public static Body truncated(byte[] bytes, long length) {
    if (length < bytes.length) {
      throw new IllegalArgumentException(
          "a body of " + length + " bytes cannot hold " + bytes.length);
    }
    return new Body(bytes, length);
  }

  /** The bytes themselves, not a copy: not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many bytes are here. */
  public int size() {
    return bytes.length;
  }

  /** How many bytes went over the wire. */
  public long length() {
    return length;
  }

  public boolean isTruncated() {
    return length > bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Body that && length == that.length && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return isTruncated() ? bytes.length + " of " + length + " bytes" : length + " bytes";
  }
}
