package dev.weir.bench.jmh;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import java.time.Instant;
import java.util.Map;
import java.util.Random;

/** The capture that the benchmarks work on: a 1 KB POST with the headers of a browser. */
final class Orders {
  private static final int BODY = 1024;

  private Orders() {}

  static Capture capture() {
    byte[] body = new byte[BODY];
    new Random(1).nextBytes(body);
    Request request = new Request(
        "POST",
        "http",
        "shop.example",
        "/orders?source=web",
        "HTTP/1.1",
        Headers.of(
            "Host", "shop.example",
            "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Accept", "application/json",
            "Accept-Language", "en-GB,en;q=0.7",
            "Content-Type", "application/octet-stream",
            "Content-Length", Integer.toString(BODY),
            "Cookie", "session=8a3f0c9d1e; theme=dark"),
        Body.of(body),
        Headers.NONE,
        new Client("192.0.2.7", 40_312));
    return new Capture(
        "front", Capture.Kind.HTTP, Instant.EPOCH, "192.0.2.7:40312", request, null, Map.of());
  }
}
