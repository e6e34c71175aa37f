package dev.weir.e2e.net;

import java.io.IOException;

/** Each connection is reset once so many bytes have passed. */
public record ResetAfter(int limit) implements Toxic {
  @Override
  public boolean pour(byte[] bytes, int count, Pipe pipe) throws IOException {
    long left = limit - pipe.poured();
    if (count <= left) {
      pipe.write(bytes, 0, count);
      return false;
    }
    pipe.write(bytes, 0, (int) Math.max(0, left));
    pipe.reset();
    return true;
  }
}
