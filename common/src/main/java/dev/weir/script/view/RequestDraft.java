package dev.weir.script.view;

import dev.weir.capture.Body;
import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.capture.Response;
import dev.weir.script.Hook.Emission;
import dev.weir.script.engine.Weighed;
import dev.weir.unit.BucketName;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A capture while scripts work on it. Becomes the very same capture where nothing was changed and
 * it has no trailers.
 */
final class RequestDraft implements Weighed {
  /** What a capture takes beside its headers and bodies. */
  private static final int BYTES = 1024;

  final Capture capture;
  final MessageDraft message;
  final Address address;
  String method;
  String session;
  Map<String, String> meta;
  Set<BucketName> buckets = new LinkedHashSet<>();

  @Nullable
  String target;

  Duration delay = Duration.ZERO;
  private final @Nullable ResponseDraft response;

  RequestDraft(Emission emission) {
    this.capture = emission.capture();
    Request request = capture.request();
    this.message = new MessageDraft(request.headers(), request.body());
    this.address = new Address(request.scheme(), request.authority(), request.target());
    this.method = request.method();
    this.session = capture.session();
    this.meta = capture.meta();
    this.buckets = emission.buckets();
    this.target = emission.target();
    this.delay = emission.delay();
    Response recorded = capture.response();
    this.response = recorded == null ? null : new ResponseDraft(recorded);
  }

  @Nullable
  ResponseDraft response() {
    return response;
  }

  @Override
  public void weigh(Scale scale) {
    Request request = capture.request();
    scale.put(this, () -> BYTES + request.target().length() + request.trailers().footprint());
    scale.put(request.headers(), request.headers()::footprint);
    message.weigh(scale);
    if (response != null) {
      response.weigh(scale);
    }
  }

  Emission finish() {
    return new Emission(finishedCapture(), buckets, target, delay);
  }

  @SuppressWarnings("ReferenceEquality") // the same object means that nobody wrote
  private Capture finishedCapture() {
    Request finished = finishedRequest();
    Response before = capture.response();
    Response after = response == null ? null : response.finish();
    boolean same = finished == capture.request()
        && after == before
        && session.equals(capture.session())
        && meta == capture.meta();
    return same
        ? capture
        : new Capture(
            capture.source(), capture.kind(), capture.capturedAt(), session, finished, after, meta);
  }

  /** Without trailers, which no script sees: what one would have scrubbed may stand there. */
  @SuppressWarnings("ReferenceEquality") // the same object means that nobody wrote
  private Request finishedRequest() {
    Request before = capture.request();
    Body body = message.finishedBody();
    Headers headers = message.finishedHeaders(body);
    boolean same = body == before.body()
        && headers == before.headers()
        && before.trailers().size() == 0
        && method.equals(before.method())
        && address.scheme().equals(before.scheme())
        && address.authority().equals(before.authority())
        && address.target().equals(before.target());
    return same
        ? before
        : new Request(
            method,
            address.scheme(),
            address.authority(),
            address.target(),
            before.version(),
            headers,
            body,
            Headers.NONE,
            before.client());
  }
}
