package dev.weir.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A site that answers 200, sets a cookie, and keeps every request as text. */
final class RecordingSite implements AutoCloseable {
  private final HttpServer server;
  private final String cookie;
  private final List<String> requests = new ArrayList<>();

  /** @param cookie the value of Set-Cookie */
  RecordingSite(String cookie) throws IOException {
    this.cookie = cookie;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::take);
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    StringBuilder text = new StringBuilder(exchange.getRequestURI() + "\n");
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> text.append(name).append(": ").append(values).append('\n'));
    text.append(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    synchronized (requests) {
      requests.add(text.toString());
    }
    exchange.getResponseHeaders().set("Set-Cookie", cookie);
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<String> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
