package dev.weir.http;

import io.undertow.server.HttpServerExchange;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One request to an {@link Endpoint}, its body whole. */
public final class Call {
  private final HttpServerExchange exchange;
  private final Map<String, String> path;
  private final byte[] body;
  private final Tokens.Token caller;
  private final CompletionStage<Void> gone;
  private final CompletionStage<Void> over;

  Call(
      HttpServerExchange exchange,
      Map<String, String> path,
      byte[] body,
      Tokens.Token caller,
      CompletionStage<Void> gone,
      CompletionStage<Void> over) {
    this.exchange = exchange;
    this.path = path;
    this.body = body;
    this.caller = caller;
    this.gone = gone;
    this.over = over;
  }

  /** What stands in the path where the route's template says {@code {name}}. */
  public String path(String name) {
    String value = path.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route's template has no {" + name + "}");
    }
    return value;
  }

  /** The first value of that name in the query. */
  public @Nullable String query(String name) {
    Deque<String> values = exchange.getQueryParameters().get(name);
    return values == null ? null : values.peekFirst();
  }

  public @Nullable String header(String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  public byte[] body() {
    return body;
  }

  /** Who calls. */
  public Tokens.Token caller() {
    return caller;
  }

  /**
   * Completes, on an I/O thread, if the caller goes away and cannot have had its answer. Found out
   * within a second while it waits; a caller that dies as the answer is on its way goes unnoticed.
   */
  public CompletionStage<Void> gone() {
    return gone;
  }

  /** Completes, on an I/O thread, once the caller has its answer or is gone. */
  public CompletionStage<Void> over() {
    return over;
  }

  /** Where an endpoint goes on with work, once what it waited for is there. */
  public Executor workers() {
    return exchange.getConnection().getWorker();
  }
}
