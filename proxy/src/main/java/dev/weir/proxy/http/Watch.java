package dev.weir.proxy.http;

import dev.weir.capture.Headers;
import dev.weir.proxy.http.Observer.Observation;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between a conversation and its observer: whatever the observer throws ends the observation
 * and nothing else. The I/O thread's own.
 */
final class Watch {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  /** Takes body bytes of a request. */
  final Framing.Data request = this::requestBody;

  /** Takes body bytes of an answer. */
  final Framing.Data response = this::responseBody;

  private @Nullable Observation seen;

  void begin(Observer observer, RequestHead head, Peer peer) {
    end();
    try {
      seen = observer.request(head, peer);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** What the observer itself answers, where no service does; 503 if it does not look. */
  CompletionStage<byte[]> answer() {
    return seen instanceof Answering answering
        ? answering.answer()
        : CompletableFuture.completedStage(Responses.own(503, true));
  }

  private void requestBody(ByteBuffer bytes, int from, int to) {
    Observation observation = seen;
    if (observation != null) {
      try {
        observation.requestBody(bytes, from, to);
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  void requestEnd(Headers trailers) {
    Observation observation = seen;
    if (observation != null) {
      try {
        observation.requestEnd(trailers);
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  void response(ResponseHead head) {
    Observation observation = seen;
    if (observation != null) {
      try {
        observation.response(head);
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  private void responseBody(ByteBuffer bytes, int from, int to) {
    Observation observation = seen;
    if (observation != null) {
      try {
        observation.responseBody(bytes, from, to);
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  void responseEnd(Headers trailers) {
    Observation observation = seen;
    if (observation != null) {
      try {
        observation.responseEnd(trailers);
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  /** Ends the observation, if one is under way. */
  void end() {
    Observation observation = seen;
    seen = null;
    if (observation != null) {
      try {
        observation.end();
      } catch (RuntimeException e) {
        LOG.error("an observer failed at the end of an exchange", e);
      }
    }
  }

  private void failed(RuntimeException e) {
    LOG.error("an observer failed; the exchange goes on unobserved", e);
    end();
  }
}
