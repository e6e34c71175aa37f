package dev.weir.wiretest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;

/**
 * A body of 1 GB that nobody holds: each block of it says where it stands, and is made as it goes.
 */
public final class HugeBody {
  public static final long LENGTH = 1L << 30;

  private static final int BLOCK = 256 << 10;
  private static final byte[] CHUNK_HEAD = Wire.bytes(Integer.toHexString(BLOCK) + "¶");
  private static final byte[] CHUNK_END = Wire.bytes("¶");

  private HugeBody() {}

  /** The header that announces it, one or the other way. */
  public static String header(boolean chunked) {
    return chunked ? "Transfer-Encoding: chunked¶" : "Content-Length: " + LENGTH + "¶";
  }

  /**
   * Sends it, on a thread of its own, until the other side has enough.
   *
   * @return what it was, as a checksum; fails with an {@link IOException} if somebody broke it off
   */
  public static CompletableFuture<Long> send(Wire to, boolean chunked) {
    CompletableFuture<Long> sent = new CompletableFuture<>();
    Thread sender = new Thread(
        () -> {
          try {
            sent.complete(write(to.socket().getOutputStream(), chunked));
          } catch (IOException e) {
            sent.completeExceptionally(e);
          }
        },
        "huge-body");
    sender.setDaemon(true);
    sender.start();
    return sent;
  }

  private static long write(OutputStream out, boolean chunked) throws IOException {
    byte[] block = new byte[BLOCK];
    CRC32C crc = new CRC32C();
    for (long at = 0; at < LENGTH; at += BLOCK) {
      ByteBuffer.wrap(block).putLong(at);
      crc.update(block);
      if (chunked) {
        out.write(CHUNK_HEAD);
      }
      out.write(block);
      if (chunked) {
        out.write(CHUNK_END);
      }
    }
    if (chunked) {
      out.write(Wire.bytes("0¶¶"));
    }
    return crc.getValue();
  }

  /**
   * Takes it in, however it comes.
   *
   * @param halfway is called then
   * @return what it was, as a checksum
   */
  public static long receive(Wire from, boolean chunked, Runnable halfway) throws IOException {
    InputStream in = from.socket().getInputStream();
    CRC32C crc = new CRC32C();
    byte[] block = new byte[BLOCK];
    long at = 0;
    while (at < LENGTH) {
      long room = chunked ? Long.parseLong(line(in), 16) : LENGTH;
      for (long left = room; left > 0; ) {
        int count = in.read(block, 0, (int) Math.min(left, BLOCK));
        if (count < 0) {
          throw new IOException("closed after " + at + " bytes");
        }
        crc.update(block, 0, count);
        if (at < LENGTH / 2 && at + count >= LENGTH / 2) {
          halfway.run();
        }
        at += count;
        left -= count;
      }
      if (chunked) {
        line(in);
      }
    }
    return crc.getValue();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new IOException("closed");
      }
      line.append((char) octet);
    }
    return line.toString().strip();
  }

  /** What this JVM holds, on the heap and off it, once the garbage is gone. */
  public static long memory() {
    System.gc();
    long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + direct;
  }
}
