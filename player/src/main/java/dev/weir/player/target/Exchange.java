package dev.weir.player.target;

import dev.weir.config.Durations;
import dev.weir.player.target.Outcome.Retry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.Cancellable;

/**
 * One request to a site, and what comes of it: exactly one outcome. The I/O thread's own, but for
 * the outcome.
 */
final class Exchange {
  private final String key;
  private final ByteBuffer[] pieces;
  private final Duration timeout;
  private final long begun = System.nanoTime();
  private final ResponseParser parser;
  private final StatusRule rule;
  private final Consumer<Exchange> whenOver;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private @Nullable Cancellable connecting;
  private @Nullable SiteConnection connection;
  private boolean sent;
  private long sentAt = begun;

  /**
   * @param key which connections may carry it
   * @param answer how many bytes of the answer's body to keep
   */
  Exchange(
      String key,
      String method,
      ByteBuffer[] pieces,
      Duration timeout,
      StatusRule rule,
      int answer,
      Consumer<Exchange> whenOver) {
    this.key = key;
    this.pieces = pieces;
    this.timeout = timeout;
    this.parser = new ResponseParser(method, answer);
    this.rule = rule;
    this.whenOver = whenOver;
  }

  String key() {
    return key;
  }

  CompletableFuture<Outcome> outcome() {
    return outcome;
  }

  boolean isOver() {
    return outcome.isDone();
  }

  boolean isOverdue() {
    return System.nanoTime() - begun >= timeout.toNanos();
  }

  ByteBuffer[] pieces() {
    return pieces;
  }

  ResponseParser parser() {
    return parser;
  }

  void connecting(Cancellable attempt) {
    connecting = attempt;
  }

  void carriedBy(SiteConnection carrier) {
    connection = carrier;
  }

  /** Every byte is with the operating system. */
  void sent() {
    sent = true;
    sentAt = System.nanoTime();
  }

  boolean isSent() {
    return sent;
  }

  /** To be sent once more, on another connection: of this one nothing came back. */
  void rewind() {
    for (ByteBuffer piece : pieces) {
      piece.rewind();
    }
    connection = null;
    sent = false;
  }

  /** The answer is whole. */
  void answered() {
    end(rule.judge(parser.response(took())));
  }

  void failed(IOException e) {
    String message = e.getMessage();
    end(new Retry(message == null ? e.getClass().getSimpleName() : message));
  }

  /**
   * The time is over. An answer that has begun and does not end, such as a stream of events, is an
   * answer.
   */
  void expired() {
    if (parser.hasHead()) {
      answered();
    } else {
      String missing = connection == null ? "no connection" : "no answer";
      end(new Retry(missing + " within " + Durations.format(timeout)));
    }
    leave();
  }

  /** Given up from our side. */
  void abandoned(Retry result) {
    end(result);
    leave();
  }

  private void leave() {
    if (connecting != null) {
      connecting.cancel();
    }
    if (connection != null) {
      connection.close();
    }
  }

  private Duration took() {
    return Duration.ofNanos(System.nanoTime() - sentAt);
  }

  private void end(Outcome result) {
    whenOver.accept(this);
    outcome.complete(result);
  }
}
