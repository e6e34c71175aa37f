package dev.weir.wire;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.weir.capture.MalformedException;
import dev.weir.unit.ByteSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import okio.Buffer;

/** Compression of batches on the wire (RFC 8878), bounded on the way back. */
public final class Zstd {
  private static final int LEVEL =
      1; // beside a production service the processor is dearer than the line

  private Zstd() {}

  /**
   * Packs batch after batch, each into one frame that declares its size, and no array of a batch's
   * size is made: those would keep a concurrent collector of memory at work. Any thread; they pack
   * in turn.
   */
  public static final class Packer {
    private static final int PIECE = 64 << 10;

    private final ByteBuffer plain = ByteBuffer.allocateDirect(PIECE);
    private final ByteBuffer packed = ByteBuffer.allocateDirect(PIECE);

    /** @param from is used up */
    public synchronized Buffer pack(Buffer from) {
      Buffer to = new Buffer();
      plain.clear().limit(0); // whatever a batch that failed has left is not this one's
      try (ZstdCompressCtx context = new ZstdCompressCtx()) {
        context.setLevel(LEVEL);
        context.setPledgedSrcSize(from.size());
        boolean ended = false;
        while (!ended) {
          fill(from);
          EndDirective next = from.exhausted() ? EndDirective.END : EndDirective.CONTINUE;
          packed.clear();
          boolean flushed = context.compressDirectByteBufferStream(packed, plain, next);
          packed.flip();
          to.write(packed);
          ended = flushed && next == EndDirective.END;
        }
        return to;
      } catch (IOException e) {
        throw new UncheckedIOException("packing in memory failed", e);
      }
    }

    private void fill(Buffer from) throws IOException {
      plain.compact();
      while (plain.hasRemaining() && !from.exhausted()) {
        from.read(plain);
      }
      plain.flip();
    }
  }

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
