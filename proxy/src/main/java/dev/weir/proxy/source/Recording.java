package dev.weir.proxy.source;

import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.capture.Response;
import dev.weir.http.Budget;
import dev.weir.loop.Ticker;
import dev.weir.proxy.http.Observer.Observation;
import dev.weir.proxy.http.Peer;
import dev.weir.proxy.http.RequestHead;
import dev.weir.proxy.http.ResponseHead;
import dev.weir.proxy.source.HttpSource.Recorded;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes one capture of one exchange, and hands it over as soon as it is whole: with the request's
 * last byte, or at the end of the exchange where the answer is recorded too. The I/O thread's own.
 */
final class Recording implements Observation {
  /** In the capture's meta where an answer should have been recorded and none came to its end. */
  private static final Map<String, String> BROKEN_OFF = Map.of("response", "broken-off");

  /**
   * What all recordings of a source have in common.
   *
   * @param copies what heads and bodies may take until they are handed over
   */
  record Plan(
      String source,
      Recorded response,
      long bodyLimit,
      Budget copies,
      Intake intake,
      Ticker ticker) {}

  private final Plan plan;
  private final Instant capturedAt;
  private final String session;
  private final HeadCopy head;
  private final BodyCopy requestBody;
  private @Nullable Request request;
  private long requestEndedAt;

  private @Nullable Answer answer;
  private @Nullable Response response;
  private boolean handedOver;

  private record Answer(int status, String version, Headers headers, BodyCopy body) {}

  private Recording(Plan plan, Instant capturedAt, String session, HeadCopy head) {
    this.plan = plan;
    this.capturedAt = capturedAt;
    this.session = session;
    this.head = head;
    this.requestBody = new BodyCopy(plan.bodyLimit, plan.copies);
  }

  /** Null if there is no memory left for it. */
  static @Nullable Recording begin(
      Plan plan, Instant capturedAt, String session, RequestHead head, Peer peer) {
    HeadCopy copy = HeadCopy.of(head, head.headers(), peer, plan.copies);
    return copy == null ? null : new Recording(plan, capturedAt, session, copy);
  }

  @Override
  public void requestBody(ByteBuffer bytes, int from, int to) {
    requestBody.add(bytes, from, to);
  }

  @Override
  public void requestEnd(Headers trailers) {
    requestEndedAt = plan.ticker.nanos();
    request = head.with(requestBody.body(), trailers);
    if (plan.response == Recorded.NONE) {
      handOver();
    }
  }

  @Override
  public void response(ResponseHead head) {
    if (plan.response != Recorded.NONE) {
      long limit = plan.response == Recorded.BODY ? plan.bodyLimit : 0;
      answer = new Answer(
          head.status(), head.version(), head.headers(), new BodyCopy(limit, plan.copies));
    }
  }

  @Override
  public void responseBody(ByteBuffer bytes, int from, int to) {
    Answer recorded = answer;
    if (recorded != null) {
      recorded.body.add(bytes, from, to);
    }
  }

  @Override
  public void responseEnd(Headers trailers) {
    Answer recorded = answer;
    if (recorded != null) {
      // an answer may be over before its request is
      long took = request == null ? 0 : plan.ticker.nanos() - requestEndedAt;
      response = new Response(
          recorded.status,
          recorded.version,
          recorded.headers,
          recorded.body.body(),
          trailers,
          Duration.ofNanos(took));
    }
  }

  @Override
  public void end() {
    end(() -> plan.intake.pass(Intake.PassReason.ABANDONED));
  }

  @Override
  public void failed() {
    end(plan.intake::lose);
  }

  /** @param halfRequest what becomes of a request that is not whole */
  private void end(Runnable halfRequest) {
    if (request == null) {
      release();
      halfRequest.run();
    } else if (!handedOver) {
      handOver();
    }
    if (answer != null) {
      answer.body.release();
    }
  }

  private void release() {
    head.release();
    requestBody.release();
  }

  private void handOver() {
    Request whole = request;
    if (whole != null) {
      handedOver = true;
      release();
      boolean missing = plan.response != Recorded.NONE && response == null;
      plan.intake.offer(new Capture(
          plan.source,
          Capture.Kind.HTTP,
          capturedAt,
          session,
          whole,
          response,
          missing ? BROKEN_OFF : Map.of()));
    }
  }
}
