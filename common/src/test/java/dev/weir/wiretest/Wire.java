package dev.weir.wiretest;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One end of a TCP connection. Text goes over the wire as ISO 8859-1, byte for character; {@code ¶}
 * stands for a line break of HTTP. What is awaited and does not come fails after ten seconds.
 */
public final class Wire implements Closeable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Socket socket;
  private final InputStream in;

  public Wire(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) PATIENCE.toMillis());
  }

  public static Wire to(InetSocketAddress address) throws IOException {
    return new Wire(new Socket(address.getAddress(), address.getPort()));
  }

  /** The octets of a text. */
  public static byte[] bytes(String text) {
    return text.replace("¶", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1).replace("\r\n", "¶");
  }

  public Wire send(String text) throws IOException {
    return send(bytes(text));
  }

  public Wire send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Closes the writing side alone. */
  public Wire end() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Reads up to and with the empty line. */
  public String head() throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (!text(read.toByteArray()).endsWith("¶¶")) {
      read.write(next());
    }
    return text(read.toByteArray());
  }

  /** Reads exactly so many bytes. */
  public String read(int count) throws IOException {
    return text(readBytes(count));
  }

  public byte[] readBytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new IOException("closed after " + bytes.length + " of " + count + " bytes");
    }
    return bytes;
  }

  /** Reads as much as is expected, for a message that tells where they differ. */
  public String readAs(String expected) throws IOException {
    return read(bytes(expected).length);
  }

  /** Whether something has come that nobody has read. */
  public boolean hasSomething() throws IOException {
    return in.available() > 0;
  }

  /** Reads until the other side closes. */
  public String rest() throws IOException {
    return text(in.readAllBytes());
  }

  private int next() throws IOException {
    int octet = in.read();
    if (octet < 0) {
      throw new IOException("closed");
    }
    return octet;
  }

  /** Whether the other side closes, in whatever way, without sending anything more. */
  public boolean isClosed() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  /** Closes with a reset, as a process that dies. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  public Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
