package dev.weir.script.view;

import dev.weir.capture.Body;
import dev.weir.capture.Headers;
import dev.weir.script.engine.Budget;
import dev.weir.script.engine.Text;
import dev.weir.script.engine.Weighed;
import dev.weir.script.lib.JsonDocument;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaValue;

/**
 * Headers and body of a request or an answer while a script works on them. The body is decoded when
 * it is first read, encoded again only if it was changed, and untouched otherwise.
 */
@SuppressWarnings("ReferenceEquality") // the same object means that nobody wrote
final class MessageDraft implements Weighed {
  private final Headers before;
  private final Body raw;
  private Headers headers;
  private byte @Nullable [] plain;
  private boolean replaced;
  private @Nullable JsonDocument json;

  MessageDraft(Headers headers, Body body) {
    this.before = headers;
    this.raw = body;
    this.headers = headers;
  }

  Headers headers() {
    return headers;
  }

  void setHeaders(Headers headers) {
    this.headers = headers;
  }

  Body raw() {
    return raw;
  }

  /** The body with Content-Encoding undone; not to be changed. */
  byte[] body() {
    writeBackJson();
    byte[] known = plain;
    if (known == null) {
      known = decoded();
      plain = known;
    }
    return known;
  }

  private byte[] decoded() {
    List<String> codings = ContentCoding.of(before);
    if (codings.isEmpty()) {
      return raw.bytes();
    }
    if (raw.isTruncated()) {
      throw new LuaError("the body is encoded and only " + raw
          + " of it were captured: it cannot be decoded; truncated tells");
    }
    Budget budget = Budget.current();
    budget.charge(raw.size() >> 2);
    return ContentCoding.decode(codings, raw.bytes(), (more, size) -> {
      budget.charge(1 + (more >> 4));
      if (size > budget.limits().string().bytes()) {
        budget.allocate(size);
      }
    });
  }

  void replaceBody(byte[] bytes) {
    plain = bytes;
    replaced = true;
    json = null;
  }

  /** Nil unless the body is JSON. */
  LuaValue json() {
    JsonDocument known = json;
    if (known == null) {
      known = JsonDocument.parse(body());
      json = known;
    }
    return known.view();
  }

  void replaceJson(LuaValue value) {
    replaceBody(JsonDocument.of(value).bytes());
  }

  private void writeBackJson() {
    JsonDocument changed = json;
    if (changed != null && changed.isChanged()) {
      plain = changed.bytes();
      replaced = true;
      changed.markWritten();
    }
  }

  boolean isForm() {
    String type = headers.get("Content-Type");
    return type != null && type.regionMatches(true, 0, "application/x-www-form-urlencoded", 0, 33);
  }

  String formText() {
    return Text.wire(Text.ofBytes(body()));
  }

  void replaceForm(String text) {
    replaceBody(Text.bytes(Text.ofWire(text)));
  }

  /** What became of the body: the very same object unless a script changed it or its coding. */
  Body finishedBody() {
    writeBackJson();
    List<String> codings = ContentCoding.of(headers);
    boolean recoded = headers != before && !codings.equals(ContentCoding.of(before));
    if (!replaced && !recoded) {
      return raw;
    }
    byte[] wanted = body();
    Budget.current().allocate(wanted.length);
    byte[] encoded = ContentCoding.encode(codings, wanted);
    return raw.isTruncated()
        ? Body.truncated(encoded, raw.length() - raw.size() + encoded.length)
        : Body.of(encoded);
  }

  /** The headers, with a Content-Length that is right for {@code body}. */
  Headers finishedHeaders(Body body) {
    if (body != raw) {
      boolean needed = headers.get("Content-Length") != null
          || (body.length() > 0 && headers.get("Transfer-Encoding") == null);
      return needed ? headers.with("Content-Length", Long.toString(body.length())) : headers;
    }
    if (headers == before) {
      return headers;
    }
    String length = before.get("Content-Length");
    if (Objects.equals(length, headers.get("Content-Length"))) {
      return headers;
    }
    return length == null
        ? headers.without("Content-Length")
        : headers.with("Content-Length", length);
  }

  @Override
  public void weigh(Scale scale) {
    byte[] text = plain == null ? raw.bytes() : plain;
    scale.put(headers, headers::footprint);
    scale.put(raw.bytes(), raw::size);
    scale.put(text, () -> text.length);
    if (json != null) {
      json.weigh(scale);
    }
  }

  /** A draft that starts where this one stands. */
  MessageDraft copy() {
    Body body = finishedBody();
    return new MessageDraft(finishedHeaders(body), body);
  }
}
