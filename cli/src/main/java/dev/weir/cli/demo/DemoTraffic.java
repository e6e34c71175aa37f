package dev.weir.cli.demo;

import dev.weir.loop.Loop;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** A few customers in the shop. Its loop's thread alone. */
final class DemoTraffic implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String[] PATHS = {
    "/", "/products", "/products/teapot?from=home", "/products/lamp", "/products/kettle", "/orders"
  };

  private final HttpClient client = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(TIMEOUT)
      .build();
  private final RandomGenerator random = new SplittableRandom(7);
  private final String shop;
  private final Duration pause;
  private final Loop loop;
  private long answered;
  private long failed;

  DemoTraffic(String shop, int perSecond) {
    this.shop = shop;
    this.pause = Duration.ofNanos(1_000_000_000L / perSecond);
    this.loop = new Loop("traffic", this::step);
  }

  DemoTraffic start() {
    loop.start();
    return this;
  }

  private Duration step() throws InterruptedException {
    String path = PATHS[random.nextInt(PATHS.length)];
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(shop + path))
        .timeout(TIMEOUT)
        .header("Cookie", "sid=" + Integer.toHexString(random.nextInt()));
    if (path.equals("/orders")) {
      request.POST(BodyPublishers.ofString(
          "{\"product\":\"teapot\",\"count\":" + random.nextInt(1, 9) + "}"));
    }
    try {
      client.send(request.build(), BodyHandlers.discarding());
      answered++;
    } catch (IOException e) {
      failed++;
    }
    return pause;
  }

  /** Requests that the shop answered, once this is stopped. */
  long answered() {
    return answered;
  }

  /** Requests that failed, once this is stopped. */
  long failed() {
    return failed;
  }

  /** Lets the request under way end. Idempotent. */
  void stop() {
    loop.close();
  }

  @Override
  public void close() {
    stop();
  }
}
