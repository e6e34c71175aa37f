package dev.weir.http;

import java.io.IOException;
import java.util.concurrent.CompletionStage;

/** Answers the calls of one route. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Called on a worker thread, for work but not for waiting: what must wait returns a stage that
   * completes later, and holds no thread meanwhile.
   *
   * @throws dev.weir.capture.MalformedException if the call makes no sense: answered with 400
   * @throws IOException if it cannot be answered now: answered with 503
   */
  CompletionStage<Answer> answer(Call call) throws IOException;
}
