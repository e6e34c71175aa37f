package dev.weir.e2e;

import dev.weir.wiretest.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A site on bare sockets that keeps each request as its bytes came. A thread for each connection.
 */
final class EchoSite implements AutoCloseable {
  private final ServerSocket server;
  private final List<Taken> taken = new ArrayList<>();
  private final Map<String, Taken> named = new HashMap<>();
  private final List<Wire> open = new ArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * A request, in the notation of {@link Wire}.
   *
   * @param connection that it came by, counted from 1
   * @param line method, target and version
   * @param fields each as {@code name: value}
   * @param body without its chunks, a character for each octet
   */
  record Taken(int connection, String line, List<String> fields, String body, String trailers) {
    /** The value of a field, or nothing. */
    String field(String name) {
      return fields.stream()
          .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(name + ":"))
          .map(field -> field.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }
  }

  EchoSite() throws IOException {
    server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "echo-site");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Wire wire = new Wire(socket);
        socket.setSoTimeout(0);
        int number = connections.incrementAndGet();
        synchronized (open) {
          open.add(wire);
        }
        daemon(() -> serve(wire, number));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Wire wire, int number) {
    try (wire) {
      while (true) {
        Taken request = take(wire, number);
        synchronized (taken) {
          taken.add(request);
          named.put(request.field("x-case"), request);
        }
        answer(wire, request);
      }
    } catch (IOException theyLeft) {
      // nothing more comes
    }
  }

  private static Taken take(Wire wire, int number) throws IOException {
    List<String> lines = List.of(wire.head().split("¶"));
    Taken head = new Taken(number, lines.get(0), lines.subList(1, lines.size()), "", "");
    if (head.field("expect").equals("100-continue")) {
      wire.send("HTTP/1.1 100 Continue¶¶");
    }
    if (head.field("transfer-encoding").equals("chunked")) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (int size = size(wire); size > 0; size = size(wire)) {
        body.writeBytes(wire.readBytes(size));
        wire.read(2);
      }
      return new Taken(number, head.line(), head.fields(), exact(body.toByteArray()), end(wire));
    }
    String length = head.field("content-length");
    String body = length.isEmpty() ? "" : exact(wire.readBytes(Integer.parseInt(length)));
    return new Taken(number, head.line(), head.fields(), body, "");
  }

  /** Unlike a Wire's text, which does not tell all octets apart. */
  static String exact(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  private static int size(Wire wire) throws IOException {
    return Integer.parseInt(line(wire).split(";", 2)[0], 16);
  }

  /** Up to the empty line. */
  private static String end(Wire wire) throws IOException {
    StringBuilder trailers = new StringBuilder();
    for (String line = line(wire); !line.isEmpty(); line = line(wire)) {
      trailers.append(line).append('¶');
    }
    return trailers.toString();
  }

  private static String line(Wire wire) throws IOException {
    StringBuilder line = new StringBuilder();
    for (String octet = wire.read(1); !octet.equals("\n"); octet = wire.read(1)) {
      line.append(octet);
    }
    return line.toString().stripTrailing();
  }

  private static void answer(Wire wire, Taken request) throws IOException {
    if (request.line().contains("/events")) {
      wire.send("HTTP/1.1 200 OK¶Content-Type: text/event-stream¶Transfer-Encoding: chunked¶¶");
      wire.send("8¶data: 1\n¶8¶data: 2\n¶0¶¶");
    } else if (request.field("upgrade").equals("websocket")) {
      wire.send("HTTP/1.1 101 Switching Protocols¶Connection: Upgrade¶Upgrade: websocket¶¶");
      wire.send(wire.rest());
    } else if (request.line().startsWith("HEAD ")) {
      wire.send("HTTP/1.1 200 OK¶Content-Length: 2¶¶");
    } else {
      wire.send("HTTP/1.1 200 OK¶Content-Length: 2¶¶ok");
    }
  }

  /** {@code host:port}. */
  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** What came, in the order in which it came. */
  List<Taken> taken() {
    synchronized (taken) {
      return List.copyOf(taken);
    }
  }

  /** The request whose field X-Case says that; null where it has not come. */
  @Nullable
  Taken named(String name) {
    synchronized (taken) {
      return named.get(name);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    synchronized (open) {
      for (Wire wire : open) {
        wire.close();
      }
    }
  }
}
