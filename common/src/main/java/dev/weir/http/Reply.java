package dev.weir.http;

import dev.weir.capture.MalformedException;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
final class Reply implements IoCallback {
  private static final Logger LOG = LoggerFactory.getLogger(Reply.class);
  private static final int TRANSFER_SECONDS = 60;
  private static final Duration AFTER_IO_ERROR = Duration.ofSeconds(1);

  private final HttpServerExchange exchange;
  private final Limits limits;
  private final Peer peer;
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private XnioExecutor.@Nullable Key clock; // the I/O thread's own

  Reply(HttpServerExchange exchange, Limits limits) {
    this.exchange = exchange;
    this.limits = limits;
    this.peer = new Peer(exchange);
    exchange.addExchangeCompleteListener((done, next) -> {
      stopClock();
      over.complete(null);
      next.proceed();
    });
  }

  /** On the I/O thread: until there is an answer. */
  void everySecond(Runnable look) {
    stopClock();
    clock = exchange
        .getIoThread()
        .executeAtInterval(look, limits.second().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Completes if the peer goes away without its answer. */
  CompletableFuture<Void> gone() {
    return gone;
  }

  /** Completes once the exchange is over. */
  CompletableFuture<Void> over() {
    return over;
  }

  /** On a worker: has the endpoint answer, now or later. */
  void answer(Endpoint endpoint, Call call) {
    exchange.getIoThread().execute(this::watch);
    try {
      endpoint
          .answer(call)
          .whenComplete((answer, failure) -> sendLater(failure == null ? answer : of(failure)));
    } catch (IOException | RuntimeException | Error e) {
      sendLater(of(e)); // whatever it is, the caller must not wait for ever
    }
  }

  /** A peer that goes away while it waits is noticed within a second. */
  private void watch() {
    everySecond(() -> {
      if (peer.isGone()) {
        leave();
      }
    });
  }

  private void leave() {
    stopClock();
    gone.complete(null);
    IoUtils.safeClose(exchange.getConnection());
    exchange.endExchange(); // or else nobody hears that it is over
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
    exchange.getIoThread().execute(() -> {
      if (peer.isGone()) {
        leave();
      } else {
        send(answer);
      }
    });
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
    exchange.getResponseSender().send(ByteBuffer.wrap(answer.body()), this);
  }

  @Override
  public void onComplete(HttpServerExchange done, Sender sender) {
    IoCallback.END_EXCHANGE.onComplete(done, sender);
  }

  @Override
  public void onException(HttpServerExchange broken, Sender sender, IOException e) {
    gone.complete(null);
    IoCallback.END_EXCHANGE.onException(broken, sender, e);
  }

  private void startClock() {
    stopClock();
    clock = exchange
        .getIoThread()
        .executeAfter(
            () -> IoUtils.safeClose(exchange.getConnection()),
            limits.seconds(TRANSFER_SECONDS).toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void stopClock() {
    if (clock != null) {
      clock.remove();
      clock = null;
    }
  }
}
