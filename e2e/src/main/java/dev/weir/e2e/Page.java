package dev.weir.e2e;

import dev.weir.relay.fleet.Totals;
import dev.weir.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a relay's admin listener says. */
public final class Page {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final HttpClient CLIENT = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(TIMEOUT)
      .build();

  private final String admin;

  /** @param admin {@code host:port} */
  public Page(String admin) {
    this.admin = admin;
  }

  public Totals totals() throws IOException, InterruptedException {
    return Json.read(get("/v1/stats").getBytes(StandardCharsets.UTF_8), Totals.class);
  }

  /** As people see it. */
  public String html() throws IOException, InterruptedException {
    return get("/");
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin + path))
        .timeout(TIMEOUT)
        .build();
    return CLIENT.send(request, BodyHandlers.ofString()).body();
  }
}
