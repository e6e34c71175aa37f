package dev.weir.proxy.http;

import dev.weir.proxy.http.Observer.Observation;
import java.util.concurrent.CompletionStage;

/** An observation that also answers, where no service stands behind the proxy. */
public interface Answering extends Observation {
  /**
   * Completes, on any thread, with a whole answer of HTTP/1.1 that says {@code Connection: close}.
   * One that completes before the request has ended is an early answer.
   */
  CompletionStage<byte[]> answer();
}
