package dev.weir.e2e;

import dev.weir.relay.fleet.Totals;
import dev.weir.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
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
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin + "/v1/stats"))
        .timeout(TIMEOUT)
        .build();
    return Json.read(CLIENT.send(request, BodyHandlers.ofByteArray()).body(), Totals.class);
  }
}
