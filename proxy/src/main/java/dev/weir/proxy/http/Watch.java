package dev.weir.proxy.http;

import dev.weir.capture.Headers;
import dev.weir.proxy.http.Observer.Observation;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a conversation and its observer: whatever the observer throws ends the observation
 * and nothing else, be it for want of memory or by a page of a file that its disk does not give.
 * The I/O thread's own.
 */
final class Watch {
  /** Takes body bytes of a request. */
  final Framing.Data request = this::requestBody;

  /** Takes body bytes of an answer. */
  final Framing.Data response = this::responseBody;

  private final ReverseProxy proxy;
  private @Nullable Observation seen;

  Watch(ReverseProxy proxy) {
    this.proxy = proxy;
  }

  void begin(RequestHead head, Peer peer) {
    end();
    try {
      seen = proxy.observer().request(head, peer);
    } catch (RuntimeException | VirtualMachineError e) {
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
    show(observation -> observation.requestBody(bytes, from, to));
  }

  void requestEnd(Headers trailers) {
    show(observation -> observation.requestEnd(trailers));
  }

  void response(ResponseHead head) {
    show(observation -> observation.response(head));
  }

  private void responseBody(ByteBuffer bytes, int from, int to) {
    show(observation -> observation.responseBody(bytes, from, to));
  }

  void responseEnd(Headers trailers) {
    show(observation -> observation.responseEnd(trailers));
  }

  private void show(Consumer<Observation> what) {
    Observation observation = seen;
    if (observation != null) {
      try {
        what.accept(observation);
      } catch (RuntimeException | VirtualMachineError e) {
        failed(e);
      }
    }
  }

  /** Ends the observation, if one is under way. */
  void end() {
    end(Observation::end);
  }

  private void end(Consumer<Observation> how) {
    Observation observation = seen;
    seen = null;
    if (observation != null) {
      try {
        how.accept(observation);
      } catch (RuntimeException | VirtualMachineError e) {
        proxy.observerFailed(e);
      }
    }
  }

  private void failed(Throwable e) {
    proxy.observerFailed(e);
    end(Observation::failed);
  }
}
