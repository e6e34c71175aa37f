package dev.weir.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Stands in front of a server and holds every request for a while before it passes it on. */
final class SlowFront implements AutoCloseable {
  /** More than any side here has requests under way. */
  private static final int THREADS = 256;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** The client writes these itself. */
  private static final Set<String> OWN =
      Set.of("connection", "content-length", "expect", "host", "upgrade", "transfer-encoding");

  private final String behind;
  private final Duration delay;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final HttpClient client = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(TIMEOUT)
      .build();

  private SlowFront(String behind, Duration delay, HttpServer server) {
    this.behind = behind;
    this.delay = delay;
    this.server = server;
  }

  /** @param behind {@code host:port} */
  static SlowFront before(String behind, Duration delay) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    SlowFront front = new SlowFront(behind, delay, server);
    server.createContext("/", front::pass);
    server.setExecutor(front.threads);
    server.start();
    return front;
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpRequest.Builder request = HttpRequest.newBuilder(
              URI.create("http://" + behind + exchange.getRequestURI()))
          .timeout(TIMEOUT)
          .method(
              exchange.getRequestMethod(),
              BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
      exchange.getRequestHeaders().forEach((name, values) -> {
        if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
          values.forEach(value -> request.header(name, value));
        }
      });
      TimeUnit.NANOSECONDS.sleep(delay.toNanos());
      HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
      answer.headers().map().forEach((name, values) -> {
        if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
          exchange.getResponseHeaders().put(name, values);
        }
      });
      byte[] body = answer.body();
      exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends what is held. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
