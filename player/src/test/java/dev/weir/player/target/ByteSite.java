package dev.weir.player.target;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A site on a raw socket: keeps every byte that it was sent, and answers whatever the test says. A
 * thread for each connection.
 */
public final class ByteSite implements AutoCloseable {
  /** Answers one request, as bytes; an empty answer closes the connection instead. */
  public interface Answer {
    String to(String request) throws Exception;
  }

  /** One request as it came: ISO-8859-1, so that each byte is a character. */
  public record Received(int connection, String bytes) {}

  private final ServerSocket server;
  private final Answer answer;
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();

  public ByteSite(Answer answer) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
  }

  public ByteSite(ServerSocket server, Answer answer) {
    this.server = server;
    this.answer = answer;
    Thread acceptor = new Thread(this::accept, "site");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  public static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  public int port() {
    return server.getLocalPort();
  }

  public int connections() {
    return connections.size();
  }

  public Received next() throws InterruptedException {
    Received next = received.poll(5, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no request within 5 s");
    }
    return next;
  }

  public int waiting() {
    return received.size();
  }

  public void closeConnections() throws IOException {
    for (Socket connection : connections) {
      connection.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.add(socket);
        int number = connections.size();
        Thread thread = new Thread(() -> serve(socket, number), "site-" + number);
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        String request = readRequest(in);
        if (request.isEmpty()) {
          return;
        }
        received.add(new Received(number, request));
        String bytes = answer.to(request);
        if (bytes.isEmpty()) {
          return;
        }
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (Exception e) {
      // the test sees that nothing more comes
    }
  }

  private static String readRequest(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    String line = readLine(in, all);
    long length = 0;
    boolean chunked = false;
    for (; !line.isEmpty(); line = readLine(in, all)) {
      String lower = line.toLowerCase(java.util.Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(15).strip());
      }
      chunked |= lower.startsWith("transfer-encoding:");
    }
    if (chunked) {
      while (true) {
        int size = Integer.parseInt(readLine(in, all), 16);
        all.writeBytes(in.readNBytes(size));
        if (size == 0) {
          while (!readLine(in, all).isEmpty()) {}
          break;
        }
        readLine(in, all);
      }
    } else {
      all.writeBytes(in.readNBytes((int) length));
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  private static String readLine(InputStream in, ByteArrayOutputStream all) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      all.write(b);
      if (b == '\n') {
        break;
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    server.close();
    closeConnections();
  }
}
