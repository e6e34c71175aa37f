package dev.weir.script.trial;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.capture.Response;
import dev.weir.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads captures from an HTTP Archive (HAR 1.2), as browsers and proxies save it. */
public final class HarFile {
  private static final long LARGEST = 512L << 20;

  /** From 1970: a capture counts its nanoseconds. */
  private static final Duration FURTHEST = Duration.ofDays(290 * 365);

  private HarFile() {}

  /** @throws IOException if the file cannot be read or is no archive; the message says where */
  public static List<Capture> read(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new IOException(
          file + ": too large: " + Files.size(file) + " bytes, at most " + LARGEST);
    }
    JsonNode root;
    try (InputStream in = Files.newInputStream(file)) {
      root = Json.MAPPER.readTree(in);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation(); // null where a bound of the reader is met
      String where = at == null ? e.getOriginalMessage() : "line " + at.getLineNr();
      throw new IOException(file + ": not JSON: " + where, e);
    }
    JsonNode entries = root.path("log").path("entries");
    if (!entries.isArray()) {
      throw new IOException(file + ": not an HTTP archive: it has no log.entries");
    }
    List<Capture> captures = new ArrayList<>(entries.size());
    for (JsonNode entry : entries) {
      try {
        captures.add(capture(entry));
      } catch (IllegalArgumentException | DateTimeException e) {
        throw new IOException(file + ": entry " + (captures.size() + 1) + ": " + e.getMessage(), e);
      }
    }
    return captures;
  }

  private static Capture capture(JsonNode entry) {
    Instant at = entry.hasNonNull("startedDateTime")
        ? OffsetDateTime.parse(entry.path("startedDateTime").asText()).toInstant()
        : Instant.EPOCH;
    if (Duration.between(Instant.EPOCH, at).abs().compareTo(FURTHEST) > 0) {
      throw new DateTimeException("no capture is of " + at);
    }
    Duration took = Duration.ofNanos((long) (entry.path("time").asDouble() * 1e6));
    return new Capture(
        "har",
        Capture.Kind.HTTP,
        at,
        entry.path("connection").asText("har"),
        request(entry.path("request")),
        response(entry.path("response"), took),
        Map.of());
  }

  private static Request request(JsonNode request) {
    String url = request.path("url").asText();
    int slashes = url.indexOf("://");
    if (slashes < 0) {
      throw new IllegalArgumentException("not a URL: \"" + url + "\"");
    }
    String rest = url.substring(slashes + 3);
    int end = 0;
    while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    String target = rest.substring(end);
    int fragment = target.indexOf('#');
    target = fragment < 0 ? target : target.substring(0, fragment);
    JsonNode post = request.path("postData");
    return new Request(
        request.path("method").asText("GET"),
        url.substring(0, slashes).toLowerCase(Locale.ROOT),
        rest.substring(0, end),
        target.startsWith("/") ? target : "/" + target,
        request.path("httpVersion").asText("HTTP/1.1"),
        headers(request.path("headers")),
        body(post.path("text").asText(""), post.path("encoding").asText("")),
        Headers.NONE,
        Client.NONE);
  }

  private static @Nullable Response response(JsonNode response, Duration took) {
    if (response.path("status").asInt() == 0) {
      return null;
    }
    JsonNode content = response.path("content");
    // an archive holds bodies decoded, whatever Content-Encoding says
    return new Response(
        response.path("status").asInt(),
        response.path("httpVersion").asText("HTTP/1.1"),
        headers(response.path("headers")).without("Content-Encoding"),
        body(content.path("text").asText(""), content.path("encoding").asText("")),
        Headers.NONE,
        took);
  }

  /** Without the pseudo-headers of HTTP/2, which some browsers write down. */
  private static Headers headers(JsonNode list) {
    List<Headers.Field> fields = new ArrayList<>(list.size());
    for (JsonNode each : list) {
      String name = each.path("name").asText();
      if (!name.startsWith(":")) {
        String value = each.path("value").asText();
        fields.add(new Headers.Field(name, new String(value.getBytes(UTF_8), ISO_8859_1)));
      }
    }
    return Headers.of(fields);
  }

  private static Body body(String text, String encoding) {
    return Body.of(
        encoding.equals("base64") ? Base64.getMimeDecoder().decode(text) : text.getBytes(UTF_8));
  }
}
