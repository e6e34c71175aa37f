package dev.weir.wire;

import com.github.luben.zstd.ZstdException;
import dev.weir.capture.MalformedException;
import dev.weir.unit.ByteSize;

/** Compression of batches on the wire (RFC 8878), bounded on the way back. */
public final class Zstd {
  private static final int LEVEL =
      1; // beside a production service the processor is dearer than the line

  private Zstd() {}

  public static byte[] compress(byte[] bytes) {
    return com.github.luben.zstd.Zstd.compress(bytes, LEVEL);
  }

  /**
   * How many bytes a frame says it inflates to.
   *
   * @throws MalformedException if the bytes are not the beginning of a frame that declares its size
   */
  public static long inflatedSize(byte[] bytes) throws MalformedException {
    if (bytes.length == 0) {
      return 0;
    }
    long size;
    try {
      size = com.github.luben.zstd.Zstd.getFrameContentSize(bytes);
    } catch (ZstdException e) {
      throw new MalformedException("not zstd: " + e.getMessage(), 0);
    }
    if (size < 0) {
      throw new MalformedException("not a zstd frame that declares its size", 0);
    }
    return size;
  }

  /**
   * @throws MalformedException if the bytes are not one whole frame that declares its size, or
   *     would inflate to more than {@code limit}; nothing is inflated then
   */
  public static byte[] decompress(byte[] bytes, ByteSize limit) throws MalformedException {
    if (bytes.length == 0) {
      return bytes;
    }
    long size = inflatedSize(bytes);
    if (size > limit.bytes()) {
      throw new MalformedException(
          "zstd frame inflates to " + new ByteSize(size) + ", more than the limit of " + limit, 0);
    }
    byte[] inflated = new byte[(int) size];
    try {
      long written = com.github.luben.zstd.Zstd.decompress(inflated, bytes);
      if (written != size) {
        throw new MalformedException("zstd frame holds " + written + " of " + size + " bytes", 0);
      }
    } catch (ZstdException e) {
      throw new MalformedException("zstd frame is damaged: " + e.getMessage(), 0);
    }
    return inflated;
  }
}
