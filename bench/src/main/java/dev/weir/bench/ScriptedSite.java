package dev.weir.bench;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps every octet that it is sent and answers each request with the octets that it was told, on
 * bare sockets.
 */
final class ScriptedSite implements Closeable {
  private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: *(\\d+)");

  private final ServerSocket server;
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private volatile byte[] answer = {};

  ScriptedSite() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "site");
    thread.setDaemon(true);
    thread.start();
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  void answerWith(byte[] octets) {
    answer = octets;
  }

  /** What has come since it was last asked. */
  byte[] taken() {
    synchronized (taken) {
      byte[] octets = taken.toByteArray();
      taken.reset();
      return octets;
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        daemon(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      while (true) {
        String head = until(in, "\r\n\r\n", 0).toLowerCase(Locale.ROOT);
        Matcher length = LENGTH.matcher(head);
        if (head.contains("\r\ntransfer-encoding: chunked")) {
          until(in, "0\r\n", 0);
          until(in, "\r\n\r\n", 2); // the last chunk's line break, then trailers and an empty line
        } else if (length.find()) {
          for (int left = Integer.parseInt(length.group(1)); left > 0; left--) {
            next(in);
          }
        }
        socket.getOutputStream().write(answer);
      }
    } catch (IOException theyLeft) {
      // nothing more comes
    }
  }

  /** @param had so much of the end has come before */
  private String until(InputStream in, String end, int had) throws IOException {
    StringBuilder read = new StringBuilder(end.substring(0, had));
    while (!read.toString().endsWith(end)) {
      read.append((char) next(in));
    }
    return read.toString();
  }

  private int next(InputStream in) throws IOException {
    int octet = in.read();
    if (octet < 0) {
      throw new IOException("closed");
    }
    synchronized (taken) {
      taken.write(octet);
    }
    return octet;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
