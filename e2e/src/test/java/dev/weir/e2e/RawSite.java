package dev.weir.e2e;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * A site that keeps every request byte for byte, and answers as the test says. A thread for each
 * connection.
 */
final class RawSite implements AutoCloseable {
  private static final String END = "\r\n\r\n";

  private final ServerSocket socket;
  private final Function<Heard, String> answer;
  private final Queue<Heard> heard = new ConcurrentLinkedQueue<>();

  /** One request, with the lines of its head. */
  record Heard(Instant at, List<String> head, byte[] body) {
    String path() {
      return head.get(0).split(" ", 3)[1];
    }

    /** The value of the first field of that name as it is written here; empty: there is none. */
    String field(String name) {
      return head.stream()
          .filter(line -> line.startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElse("");
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** @param answer the head of the answer, without its end */
  RawSite(Function<Heard, String> answer) throws IOException {
    this.answer = answer;
    this.socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    run(this::listen);
  }

  private static void run(Runnable body) {
    Thread thread = new Thread(body, "raw-site");
    thread.setDaemon(true);
    thread.start();
  }

  private void listen() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        run(() -> serve(connection));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      while (true) {
        Heard request = read(connection.getInputStream());
        heard.add(request);
        String head = answer.apply(request) + "\r\nContent-Length: 0" + END;
        connection.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      // the other side has left
    }
  }

  /** One message with a body of a stated length, or none. */
  static Heard read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith(END)) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("after " + bytes.size() + " bytes of a head");
      }
      bytes.write(next);
    }
    List<String> head =
        List.of(bytes.toString(StandardCharsets.ISO_8859_1).strip().split("\r\n"));
    int length = head.stream()
        .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
        .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
        .findFirst()
        .orElse(0);
    return new Heard(Instant.now(), head, in.readNBytes(length));
  }

  String url() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  /** What was asked for below a path, in the order in which it came. */
  List<Heard> at(String path) {
    return heard.stream().filter(each -> each.path().startsWith(path)).toList();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
