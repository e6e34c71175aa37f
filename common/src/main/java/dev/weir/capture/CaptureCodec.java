package dev.weir.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a capture as one CBOR item (RFC 8949) and reads it back. Thread-safe.
 *
 * <pre>
 * capture  = { source: text, kind: "http" / "event" / "tcp", at: nanoseconds since 1970, session: text,
 *              request: request, ? response: response, ? meta: { * text => text } }
 * request  = { method: text, scheme: text, authority: text, target: text, version: text, headers: fields,
 *              body, ? trailers: fields, ? client: text, ? port: int }
 * response = { status: int, version: text, headers: fields, body, ? trailers: fields, took: nanoseconds }
 * body     = ( body: bytes, ? length: int )        ; length: what went over the wire, where the body was truncated
 * fields   = [ * ( name: text, value: text ) ]     ; an octet of the wire is a code point U+0000 to U+00FF
 * </pre>
 *
 * <p>Unknown keys are skipped. Fixture files in the tests pin the bytes.
 */
public final class CaptureCodec {
  /**
   * No string in a capture is longer than this, in bytes; it bounds what garbage can make a reader
   * allocate.
   */
  public static final int MAX_STRING = 64 << 20;

  public static final CBORFactory CBOR = CBORFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(8)
          .maxStringLength(MAX_STRING)
          .build())
      .build();

  private static final long NANOS = 1_000_000_000L;

  private CaptureCodec() {}

  public static byte[] encode(Capture capture) {
    ByteArrayBuilder out = new ByteArrayBuilder(512 + capture.request().body().size());
    try (JsonGenerator to = CBOR.createGenerator(out)) {
      write(capture, to);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  private static void write(Capture capture, JsonGenerator to) throws IOException {
    to.writeStartObject();
    to.writeStringField("source", capture.source());
    to.writeStringField("kind", capture.kind().name().toLowerCase(Locale.ROOT));
    Instant at = capture.capturedAt();
    to.writeNumberField(
        "at", Math.addExact(Math.multiplyExact(at.getEpochSecond(), NANOS), at.getNano()));
    to.writeStringField("session", capture.session());
    to.writeFieldName("request");
    write(capture.request(), to);
    if (capture.response() != null) {
      to.writeFieldName("response");
      write(capture.response(), to);
    }
    if (!capture.meta().isEmpty()) {
      to.writeObjectFieldStart("meta");
      for (Map.Entry<String, String> entry : capture.meta().entrySet()) {
        to.writeStringField(entry.getKey(), entry.getValue());
      }
      to.writeEndObject();
    }
    to.writeEndObject();
  }

  private static void write(Request request, JsonGenerator to) throws IOException {
    to.writeStartObject();
    to.writeStringField("method", request.method());
    to.writeStringField("scheme", request.scheme());
    to.writeStringField("authority", request.authority());
    to.writeStringField("target", request.target());
    to.writeStringField("version", request.version());
    write("headers", request.headers(), to);
    write(request.body(), to);
    if (request.trailers().size() > 0) {
      write("trailers", request.trailers(), to);
    }
    if (!request.client().equals(Client.NONE)) {
      to.writeStringField("client", request.client().address());
      to.writeNumberField("port", request.client().port());
    }
    to.writeEndObject();
  }

  private static void write(Response response, JsonGenerator to) throws IOException {
    to.writeStartObject();
    to.writeNumberField("status", response.status());
    to.writeStringField("version", response.version());
    write("headers", response.headers(), to);
    write(response.body(), to);
    if (response.trailers().size() > 0) {
      write("trailers", response.trailers(), to);
    }
    to.writeNumberField("took", response.took().toNanos());
    to.writeEndObject();
  }

  private static void write(Body body, JsonGenerator to) throws IOException {
    to.writeFieldName("body");
    to.writeBinary(body.bytes());
    if (body.isTruncated()) {
      to.writeNumberField("length", body.length());
    }
  }

  private static void write(String key, Headers headers, JsonGenerator to) throws IOException {
    to.writeFieldName(key);
    to.writeStartArray(headers, 2 * headers.size());
    for (Headers.Field field : headers) {
      to.writeString(field.name());
      to.writeString(field.value());
    }
    to.writeEndArray();
  }

  /**
   * Reads one capture, which must fill the bytes.
   *
   * @throws MalformedException if the bytes are anything else; its message says what and where
   */
  public static Capture decode(byte[] bytes) throws MalformedException {
    try (CborReader from = new CborReader(CBOR, bytes)) {
      if (!from.next()) {
        throw new MalformedException("no capture", 0);
      }
      Capture capture = new CaptureFields().read(from);
      if (from.next()) {
        throw new MalformedException("more than one item", from.offset());
      }
      return capture;
    } catch (MalformedException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  private static final class CaptureFields {
    private @Nullable String source;
    private @Nullable String kind;
    private @Nullable Long at;
    private @Nullable String session;
    private @Nullable Request request;
    private @Nullable Response response;
    private final Map<String, String> meta = new HashMap<>();

    Capture read(CborReader from) throws IOException {
      from.map("capture", key -> {
        switch (key) {
          case "source" -> source = from.text("source");
          case "kind" -> kind = from.text("kind");
          case "at" -> at = from.integer("at");
          case "session" -> session = from.text("session");
          case "request" -> request = new MessageFields().readRequest(from);
          case "response" -> response = new MessageFields().readResponse(from);
          case "meta" -> from.map("meta", name -> meta.put(name, from.text(name)));
          default -> from.skip();
        }
      });
      String kindName = from.required(kind, "kind").toUpperCase(Locale.ROOT);
      long nanos = from.required(at, "at");
      return new Capture(
          from.required(source, "source"),
          from.made(() -> Capture.Kind.valueOf(kindName)),
          Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS)),
          from.required(session, "session"),
          from.required(request, "request"),
          response,
          meta);
    }
  }

  /** The keys of requests and responses, which share most of them. */
  private static final class MessageFields {
    private @Nullable String method;
    private @Nullable String scheme;
    private @Nullable String authority;
    private @Nullable String target;
    private @Nullable String version;
    private @Nullable Headers headers;
    private byte @Nullable [] body;
    private @Nullable Long length;
    private Headers trailers = Headers.NONE;
    private String client = "";
    private long port;
    private @Nullable Long status;
    private @Nullable Long took;

    Request readRequest(CborReader from) throws IOException {
      read("request", from);
      return new Request(
          from.required(method, "method"),
          from.required(scheme, "scheme"),
          from.required(authority, "authority"),
          from.required(target, "target"),
          from.required(version, "version"),
          from.required(headers, "headers"),
          body(from),
          trailers,
          new Client(client, (int) port));
    }

    Response readResponse(CborReader from) throws IOException {
      read("response", from);
      return new Response(
          from.required(status, "status").intValue(),
          from.required(version, "version"),
          from.required(headers, "headers"),
          body(from),
          trailers,
          Duration.ofNanos(from.required(took, "took")));
    }

    private void read(String what, CborReader from) throws IOException {
      from.map(what, key -> {
        switch (key) {
          case "method" -> method = from.text(key);
          case "scheme" -> scheme = from.text(key);
          case "authority" -> authority = from.text(key);
          case "target" -> target = from.text(key);
          case "version" -> version = from.text(key);
          case "headers" -> headers = fields(key, from);
          case "body" -> body = from.bytes(key);
          case "length" -> length = from.integer(key);
          case "trailers" -> trailers = fields(key, from);
          case "client" -> client = from.text(key);
          case "port" -> port = from.integer(key);
          case "status" -> status = from.integer(key);
          case "took" -> took = from.integer(key);
          default -> from.skip();
        }
      });
    }

    private Body body(CborReader from) throws MalformedException {
      byte[] bytes = from.required(body, "body");
      Long whole = length;
      return whole == null ? Body.of(bytes) : from.made(() -> Body.truncated(bytes, whole));
    }

    private static Headers fields(String key, CborReader from) throws IOException {
      List<String> texts = from.texts(key);
      if (texts.size() % 2 != 0) {
        throw new MalformedException("the last of " + key + " has no value", from.offset());
      }
      List<Headers.Field> fields = new ArrayList<>(texts.size() / 2);
      for (int i = 0; i < texts.size(); i += 2) {
        fields.add(new Headers.Field(texts.get(i), texts.get(i + 1)));
      }
      return Headers.of(fields);
    }
  }
}
