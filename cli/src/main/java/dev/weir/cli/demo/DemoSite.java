package dev.weir.cli.demo;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A small shop that counts what it is asked and shows the last requests: production in the demo,
 * and staging.
 */
final class DemoSite implements AutoCloseable {
  private static final int SHOWN = 1_000;
  private static final int MAX_BODY = 64 << 10;
  private static final Map<String, String> PRODUCTS = new TreeMap<>(
      Map.of("kettle", "24.90", "lamp", "39.00", "notebook", "4.20", "teapot", "31.50"));

  private final String name;
  private final Undertow server;
  private final Deque<String> last = new ArrayDeque<>();
  private long requests;

  /** @param port 0: any free one */
  DemoSite(String name, int port) {
    this.name = name;
    this.server = Undertow.builder()
        .addHttpListener(port, "127.0.0.1")
        .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, (long) MAX_BODY)
        .setIoThreads(1)
        .setWorkerThreads(2)
        .setHandler(exchange -> exchange.getRequestReceiver().receiveFullBytes(this::serve))
        .build();
    server.start();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
  }

  String url() {
    return "http://127.0.0.1:" + address().getPort();
  }

  private void serve(HttpServerExchange exchange, byte[] body) {
    String path = exchange.getRequestPath();
    if (path.equals("/recent")) {
      answer(exchange, 200, String.join("\n", recent()) + "\n");
      return;
    }
    note(exchange, body);
    String product = path.startsWith("/products/") ? path.substring("/products/".length()) : "";
    if (path.equals("/")) {
      answer(exchange, 200, name + ": try /products, /products/teapot, POST /orders, /recent\n");
    } else if (path.equals("/products")) {
      answer(exchange, 200, String.join("\n", PRODUCTS.keySet()) + "\n");
    } else if (PRODUCTS.containsKey(product)) {
      answer(exchange, 200, product + " " + PRODUCTS.get(product) + "\n");
    } else if (path.equals("/orders")) {
      answer(exchange, 201, "ordered: " + new String(body, StandardCharsets.UTF_8) + "\n");
    } else {
      answer(exchange, 404, "no such page in the " + name + "\n");
    }
  }

  private synchronized void note(HttpServerExchange exchange, byte[] body) {
    requests++;
    String query = exchange.getQueryString().isEmpty() ? "" : "?" + exchange.getQueryString();
    last.addFirst(exchange.getRequestMethod() + " " + exchange.getRequestURI() + query
        + (body.length == 0 ? "" : "  " + body.length + " bytes"));
    if (last.size() > SHOWN) {
      last.removeLast();
    }
  }

  private synchronized List<String> recent() {
    return new ArrayList<>(last);
  }

  /** Requests served, those for {@code /recent} aside. */
  synchronized long requests() {
    return requests;
  }

  private static void answer(HttpServerExchange exchange, int status, String text) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
    exchange.getResponseSender().send(text);
  }

  @Override
  public void close() {
    server.stop();
  }
}
