package dev.weir.e2e.net;

import java.io.IOException;

/**
 * Once so many bytes have passed, the receiver is told that there will be no more; the other
 * direction stays open.
 */
public record HalfClose(int limit) implements Toxic {
  @Override
  public boolean pour(byte[] bytes, int count, Pipe pipe) throws IOException {
    long left = limit - pipe.poured();
    if (count <= left) {
      pipe.write(bytes, 0, count);
      return false;
    }
    pipe.write(bytes, 0, (int) Math.max(0, left));
    pipe.finish();
    return true;
  }
}
