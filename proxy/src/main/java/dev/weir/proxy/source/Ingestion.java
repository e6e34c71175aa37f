package dev.weir.proxy.source;

import dev.weir.capture.Capture;
import dev.weir.capture.Headers;
import dev.weir.capture.Request;
import dev.weir.http.Budget;
import dev.weir.http.Refusal;
import dev.weir.http.Refusals;
import dev.weir.proxy.http.Answering;
import dev.weir.proxy.http.Peer;
import dev.weir.proxy.http.RequestHead;
import dev.weir.proxy.http.ResponseHead;
import dev.weir.proxy.source.Intake.Verdict;
import dev.weir.unit.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One request to an {@link IngestSource}: collects it, hands it over, and answers accordingly. */
final class Ingestion implements Answering {
  private static final Duration BUSY = Duration.ofSeconds(1);
  private static final String BEARER = "Bearer ";

  /**
   * What all ingestions of a source have in common.
   *
   * @param token null: everybody may send; else no capture keeps what a sender has shown
   * @param copies what heads and bodies may take until they are stored
   */
  record Plan(
      String source,
      @Nullable Sha256 token,
      long bodyLimit,
      Budget copies,
      IngestSource.Answer answer,
      Intake intake,
      Refusals refusals) {}

  private final Plan plan;
  private final Instant capturedAt;
  private final String session;
  /** Null where it is refused at its head: nothing is held for a stranger. */
  private final @Nullable HeadCopy head;

  private final BodyCopy body;
  private final CompletableFuture<byte[]> answer = new CompletableFuture<>();

  Ingestion(Plan plan, Instant capturedAt, String session, RequestHead head, Peer peer) {
    this.plan = plan;
    this.capturedAt = capturedAt;
    this.session = session;
    this.body = new BodyCopy(plan.bodyLimit, plan.copies);
    HeadCopy copy = null;
    if (!isAllowed(first(head.values("Authorization")))) {
      plan.refusals.count(Refusal.UNAUTHORIZED);
      answer.complete(
          IngestAnswers.plain(401, "send the token of this source", "WWW-Authenticate: Bearer"));
    } else if (isTooLong(first(head.values("Content-Length")))) {
      tooLarge();
    } else {
      Headers kept = plan.token == null ? head.headers() : head.headers().without("Authorization");
      copy = HeadCopy.of(head, kept, peer, plan.copies);
      if (copy == null) {
        tooMany();
      }
    }
    this.head = copy;
  }

  private static String first(List<String> values) {
    return values.isEmpty() ? "" : values.get(0);
  }

  private boolean isAllowed(String authorization) {
    Sha256 token = plan.token;
    if (token == null) {
      return true;
    }
    boolean bearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
    String shown = bearer ? authorization.substring(BEARER.length()).strip() : "";
    return token.is(Sha256.of(shown));
  }

  /** The proxy has checked that it is a number. */
  private boolean isTooLong(String length) {
    return !length.isEmpty() && Long.parseLong(length) > plan.bodyLimit;
  }

  private void tooLarge() {
    plan.refusals.count(Refusal.TOO_LARGE);
    answer.complete(IngestAnswers.plain(
        413, "the body is larger than the limit of " + plan.bodyLimit + " bytes"));
  }

  private void tooMany() {
    plan.refusals.count(Refusal.TOO_MANY);
    answer.complete(IngestAnswers.retry("too many large requests at once", BUSY));
  }

  @Override
  public CompletionStage<byte[]> answer() {
    return answer;
  }

  @Override
  public void requestBody(ByteBuffer bytes, int from, int to) {
    if (answer.isDone()) {
      return;
    }
    body.add(bytes, from, to);
    if (body.length() > plan.bodyLimit) {
      tooLarge();
    } else if (body.isCut()) {
      tooMany();
    }
  }

  @Override
  public void requestEnd(Headers trailers) {
    HeadCopy whole = head;
    if (whole == null || answer.isDone()) {
      return;
    }
    Request request = whole.with(body.body(), trailers);
    plan.intake
        .submit(new Capture(
            plan.source, Capture.Kind.HTTP, capturedAt, session, request, null, Map.of()))
        .whenComplete((verdict, failure) -> answer.complete(
            failure == null ? answerTo(verdict) : IngestAnswers.retry("not stored", BUSY)));
  }

  private byte[] answerTo(Verdict verdict) {
    if (verdict instanceof Verdict.Refused refused) {
      return IngestAnswers.retry(refused.reason(), refused.retryAfter());
    }
    if (verdict instanceof Verdict.Rejected rejected) {
      return IngestAnswers.plain(422, rejected.reason());
    }
    IngestSource.Answer success = plan.answer;
    return IngestAnswers.of(
        success.status(), success.contentType(), success.body().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void response(ResponseHead head) {
    // it is ours
  }

  @Override
  public void responseBody(ByteBuffer bytes, int from, int to) {
    // it is ours
  }

  @Override
  public void responseEnd(Headers trailers) {
    // it is ours
  }

  @Override
  public void end() {
    if (head != null) {
      head.release();
    }
    body.release();
  }
}
