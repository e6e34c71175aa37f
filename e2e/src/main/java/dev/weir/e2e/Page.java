package dev.weir.e2e;

import dev.weir.relay.fleet.Totals;
import dev.weir.wire.Json;
import dev.weir.wire.PlayerReport;
import dev.weir.wire.ProxyReport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What a role's admin listener says. */
public final class Page {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Pattern TILE = Pattern.compile("<dt>(\\w+)</dt><dd>([\\d,]+)<");
  private static final HttpClient CLIENT = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(TIMEOUT)
      .build();

  private final String admin;

  /** @param admin {@code host:port} */
  public Page(String admin) {
    this.admin = admin;
  }

  /** A relay's. */
  public Totals totals() throws IOException, InterruptedException {
    return stats(Totals.class);
  }

  public ProxyReport proxy() throws IOException, InterruptedException {
    return stats(ProxyReport.class);
  }

  public PlayerReport player() throws IOException, InterruptedException {
    return stats(PlayerReport.class);
  }

  /** The figures that people see on a relay's page, by name. */
  Map<String, Long> shown() throws IOException, InterruptedException {
    Map<String, Long> shown = new LinkedHashMap<>();
    TILE.matcher(html())
        .results()
        .forEach(tile -> shown.put(tile.group(1), Long.parseLong(tile.group(2).replace(",", ""))));
    return shown;
  }

  /** As people see it. */
  public String html() throws IOException, InterruptedException {
    return get("/");
  }

  private <T> T stats(Class<T> type) throws IOException, InterruptedException {
    return Json.read(get("/v1/stats").getBytes(StandardCharsets.UTF_8), type);
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin + path))
        .timeout(TIMEOUT)
        .build();
    HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(
          request.uri() + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body();
  }
}
