package dev.weir.http;

import dev.weir.capture.MalformedException;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * The answering side of one exchange. A clock runs while the peer has to send or to take bytes,
 * none while it waits for us.
 */
final class Reply {
  private static final Logger LOG = LoggerFactory.getLogger(Reply.class);
  private static final Duration TRANSFER_WITHIN = Duration.ofSeconds(60);
  private static final Duration AFTER_IO_ERROR = Duration.ofSeconds(1);

  private final HttpServerExchange exchange;
  private XnioExecutor.@Nullable Key clock; // the I/O thread's own

  Reply(HttpServerExchange exchange) {
    this.exchange = exchange;
    exchange.addExchangeCompleteListener((done, next) -> {
      stopClock();
      next.proceed();
    });
  }

  /** On the I/O thread: the body must be here in time. */
  void expectBody() {
    startClock();
  }

  /** On a worker: has the endpoint answer, now or later. */
  void answer(Endpoint endpoint, Call call) {
    exchange.getIoThread().execute(this::stopClock);
    try {
      endpoint
          .answer(call)
          .whenComplete((answer, failure) -> sendLater(failure == null ? answer : of(failure)));
    } catch (IOException | RuntimeException | Error e) {
      sendLater(of(e)); // whatever it is, the caller must not wait for ever
    }
  }

  private Answer of(Throwable failure) {
    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof MalformedException) {
      return Answer.problem(400, message);
    }
    if (cause instanceof IOException) {
      return Answer.busy(message, AFTER_IO_ERROR);
    }
    LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestPath(), cause);
    return Answer.problem(500, "a fault of this server; its log says more");
  }

  private void sendLater(Answer answer) {
    exchange.getIoThread().execute(() -> send(answer));
  }

  /** Before the body was read: what the peer still sends is not waited for. */
  void refuse(Answer answer) {
    exchange.setPersistent(false);
    send(answer);
  }

  /** On the I/O thread. */
  void send(Answer answer) {
    startClock();
    exchange.setStatusCode(answer.status());
    exchange.getResponseHeaders().put(new HttpString("X-Content-Type-Options"), "nosniff");
    if (!answer.headers().containsKey("Cache-Control")) {
      exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
    }
    answer
        .headers()
        .forEach((name, value) -> exchange.getResponseHeaders().put(new HttpString(name), value));
    exchange.getResponseSender().send(ByteBuffer.wrap(answer.body()));
  }

  private void startClock() {
    stopClock();
    clock = exchange
        .getIoThread()
        .executeAfter(
            () -> IoUtils.safeClose(exchange.getConnection()),
            TRANSFER_WITHIN.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void stopClock() {
    if (clock != null) {
      clock.remove();
      clock = null;
    }
  }
}
