package dev.weir.proxy.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Sees the frames of an HTTP/2 connection as they are read, and ends it at a head that goes on in
 * another frame (RFC 9113, section 6.10). Undertow gives such a head out before its end is here: a
 * request would go on without some of its fields. A client splits a head only above 16 KB. Its
 * lane's thread alone comes here.
 */
final class FrameWatch extends AbstractStreamSourceConduit<StreamSourceConduit> {
  private static final int PREFACE = 24;
  private static final int FRAME_HEAD = 9;
  private static final int HEADERS = 1;
  private static final int END_HEADERS = 4;

  private final Runnable tooLarge;
  private final byte[] head = new byte[FRAME_HEAD];
  private int filled;
  private int skip = PREFACE;

  /** @param tooLarge told before the connection ends for that reason */
  FrameWatch(StreamSourceConduit next, Runnable tooLarge) {
    super(next);
    this.tooLarge = tooLarge;
  }

  /** Sees what was read before, from {@code from} to before {@code to}. */
  void look(ByteBuffer bytes, int from, int to) throws IOException {
    for (int i = from; i < to; ) {
      if (skip > 0) {
        int step = Math.min(skip, to - i);
        skip -= step;
        i += step;
        continue;
      }
      head[filled++] = bytes.get(i++);
      if (filled == FRAME_HEAD) {
        filled = 0;
        skip = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
        if (head[3] == HEADERS && (head[4] & END_HEADERS) == 0) {
          tooLarge.run();
          throw new IOException("a head in more than one frame");
        }
      }
    }
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int from = into.position();
    int count = next.read(into);
    look(into, from, into.position());
    return count;
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      if (into[i].hasRemaining()) {
        return read(into[i]);
      }
    }
    return 0;
  }

  @Override
  public long transferTo(long position, long count, FileChannel target) {
    throw new UnsupportedOperationException("frames are read, not transferred");
  }

  @Override
  public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) {
    throw new UnsupportedOperationException("frames are read, not transferred");
  }
}
