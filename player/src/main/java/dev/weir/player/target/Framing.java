package dev.weir.player.target;

import dev.weir.capture.Request;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the end of a request's body is told (RFC 9112, section 6): as it was captured, where that
 * still holds.
 *
 * @param name the field that tells it, or empty for none: there is no body
 * @param isNeeded whether the field must be there even if it was not captured
 */
record Framing(String name, String value, boolean isNeeded) {
  private static final String CHUNKED = "chunked";
  private static final Framing NONE = new Framing("", "", false);

  static Framing of(Request request) {
    String codings = codings(request);
    boolean hasTrailers = request.trailers().size() > 0;
    if (codings != null || hasTrailers) {
      return new Framing(
          "Transfer-Encoding",
          codings != null && codings.toLowerCase(Locale.ROOT).endsWith(CHUNKED) ? codings : CHUNKED,
          true);
    }
    boolean hasLength = request.headers().get("Content-Length") != null;
    if (!hasLength && request.body().size() == 0) {
      return NONE;
    }
    return new Framing("Content-Length", Integer.toString(request.body().size()), true);
  }

  private static @Nullable String codings(Request request) {
    List<String> fields = request.headers().all("Transfer-Encoding");
    return fields.isEmpty() ? null : String.join(", ", fields);
  }

  boolean isNamed(String other) {
    return name.equalsIgnoreCase(other);
  }

  boolean isChunked() {
    return isNamed("Transfer-Encoding");
  }
}
