package dev.weir.script.view;

import dev.weir.capture.Body;
import dev.weir.capture.Headers;
import dev.weir.capture.Response;
import dev.weir.script.engine.Weighed;

/**
 * An answer while scripts work on it. Becomes the very same answer where nothing was changed and it
 * has no trailers.
 */
final class ResponseDraft implements Weighed {
  /** What an answer takes beside its headers and its body. */
  private static final int BYTES = 512;

  final Response before;
  final MessageDraft message;
  int status;

  ResponseDraft(Response response) {
    this.before = response;
    this.message = new MessageDraft(response.headers(), response.body());
    this.status = response.status();
  }

  @Override
  public void weigh(Scale scale) {
    scale.put(this, () -> BYTES + before.trailers().footprint());
    scale.put(before.headers(), before.headers()::footprint);
    message.weigh(scale);
  }

  /** Without trailers, which no script sees: what one would have scrubbed may stand there. */
  @SuppressWarnings("ReferenceEquality") // the same object means that nobody wrote
  Response finish() {
    Body body = message.finishedBody();
    Headers headers = message.finishedHeaders(body);
    boolean same = body == before.body()
        && headers == before.headers()
        && status == before.status()
        && before.trailers().size() == 0;
    return same
        ? before
        : new Response(status, before.version(), headers, body, Headers.NONE, before.took());
  }
}
