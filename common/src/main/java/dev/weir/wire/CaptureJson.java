package dev.weir.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.Client;
import dev.weir.capture.Headers;
import dev.weir.capture.MalformedException;
import dev.weir.capture.Request;
import dev.weir.capture.Response;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a capture as a JSON object for people and their tools, and reads it back: nothing is lost.
 *
 * <pre>
 * capture  = { source, kind: "http" / "event" / "tcp", at: RFC 3339 with nanoseconds, session,
 *              request: request, response?: response, meta?: { name: value } }
 * request  = { method, scheme, authority, target, version, headers: fields, body, trailers?: fields,
 *              client?, port? }
 * response = { status: number, version, headers: fields, body, trailers?: fields, tookNanos: number }
 * body     = body: text, or bodyBase64: text where the bytes are not UTF-8; absent where there is none;
 *            bodyLength: number, where the body was truncated: the length of the whole
 * fields   = [ [name, value] … ]     an octet of the wire is a code point U+0000 to U+00FF
 * </pre>
 */
public final class CaptureJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private CaptureJson() {}

  public static ObjectNode write(Capture capture) {
    ObjectNode to = NODES.objectNode();
    to.put("source", capture.source());
    to.put("kind", capture.kind().name().toLowerCase(Locale.ROOT));
    to.put("at", capture.capturedAt().toString());
    to.put("session", capture.session());
    to.set("request", write(capture.request()));
    if (capture.response() != null) {
      to.set("response", write(capture.response()));
    }
    if (!capture.meta().isEmpty()) {
      ObjectNode meta = to.putObject("meta");
      capture.meta().forEach(meta::put);
    }
    return to;
  }

  private static ObjectNode write(Request request) {
    ObjectNode to = NODES.objectNode();
    to.put("method", request.method());
    to.put("scheme", request.scheme());
    to.put("authority", request.authority());
    to.put("target", request.target());
    to.put("version", request.version());
    to.set("headers", write(request.headers()));
    write(request.body(), to);
    if (request.trailers().size() > 0) {
      to.set("trailers", write(request.trailers()));
    }
    if (!request.client().equals(Client.NONE)) {
      to.put("client", request.client().address());
      to.put("port", request.client().port());
    }
    return to;
  }

  private static ObjectNode write(Response response) {
    ObjectNode to = NODES.objectNode();
    to.put("status", response.status());
    to.put("version", response.version());
    to.set("headers", write(response.headers()));
    write(response.body(), to);
    if (response.trailers().size() > 0) {
      to.set("trailers", write(response.trailers()));
    }
    to.put("tookNanos", response.took().toNanos());
    return to;
  }

  private static ArrayNode write(Headers headers) {
    ArrayNode to = NODES.arrayNode();
    for (Headers.Field field : headers) {
      to.addArray().add(field.name()).add(field.value());
    }
    return to;
  }

  private static void write(Body body, ObjectNode to) {
    String text = text(body.bytes());
    if (text == null) {
      to.put("bodyBase64", body.bytes());
    } else if (!text.isEmpty()) {
      to.put("body", text);
    }
    if (body.isTruncated()) {
      to.put("bodyLength", body.length());
    }
  }

  /** Null where the bytes are not UTF-8. */
  static @Nullable String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** @throws MalformedException if it is not a capture; the message says what is wrong */
  public static Capture readCapture(JsonNode from) throws MalformedException {
    try {
      JsonNode response = from.get("response");
      Map<String, String> meta = new HashMap<>();
      from.path("meta")
          .properties()
          .forEach(e -> meta.put(e.getKey(), e.getValue().asText()));
      return new Capture(
          text(from, "source"),
          Capture.Kind.valueOf(text(from, "kind").toUpperCase(Locale.ROOT)),
          Instant.parse(text(from, "at")),
          text(from, "session"),
          readRequest(required(from, "request")),
          response == null ? null : readResponse(response),
          meta);
    } catch (MalformedException e) {
      throw e;
    } catch (RuntimeException | IOException e) {
      throw new MalformedException("not a capture: " + e.getMessage(), 0);
    }
  }

  private static Request readRequest(JsonNode from) throws IOException {
    return new Request(
        text(from, "method"),
        text(from, "scheme"),
        text(from, "authority"),
        text(from, "target"),
        text(from, "version"),
        readHeaders(required(from, "headers")),
        readBody(from),
        readHeaders(from.path("trailers")),
        new Client(from.path("client").asText(""), from.path("port").asInt(0)));
  }

  private static Response readResponse(JsonNode from) throws IOException {
    return new Response(
        required(from, "status").intValue(),
        text(from, "version"),
        readHeaders(required(from, "headers")),
        readBody(from),
        readHeaders(from.path("trailers")),
        Duration.ofNanos(required(from, "tookNanos").longValue()));
  }

  private static Headers readHeaders(JsonNode from) {
    List<Headers.Field> fields = new ArrayList<>();
    for (JsonNode field : from) {
      fields.add(new Headers.Field(field.path(0).asText(), field.path(1).asText()));
    }
    return Headers.of(fields);
  }

  private static Body readBody(JsonNode from) throws IOException {
    JsonNode base64 = from.get("bodyBase64");
    byte[] bytes = base64 == null
        ? from.path("body").asText("").getBytes(StandardCharsets.UTF_8)
        : base64.binaryValue();
    JsonNode length = from.get("bodyLength");
    return length == null ? Body.of(bytes) : Body.truncated(bytes, length.longValue());
  }

  private static String text(JsonNode from, String name) throws MalformedException {
    return required(from, name).asText();
  }

  private static JsonNode required(JsonNode from, String name) throws MalformedException {
    JsonNode value = from.get(name);
    if (value == null) {
      throw new MalformedException("no " + name, 0);
    }
    return value;
  }
}
