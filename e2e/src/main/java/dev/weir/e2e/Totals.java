package dev.weir.e2e;

import dev.weir.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The totals of a relay's {@code /v1/stats}. */
public record Totals(
    long captured,
    long filtered,
    long delivered,
    long waiting,
    long dead,
    long lost,
    long imbalance) {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final HttpClient CLIENT = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(TIMEOUT)
      .build();

  /** @param admin where the relay's admin listener is, {@code host:port} */
  public static Totals of(String admin) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin + "/v1/stats"))
        .timeout(TIMEOUT)
        .build();
    return Json.read(CLIENT.send(request, BodyHandlers.ofByteArray()).body(), Totals.class);
  }

  /** Whether everything that was captured is somewhere. */
  public boolean balances() {
    return imbalance == 0 && captured == filtered + delivered + waiting + dead + lost;
  }
}
