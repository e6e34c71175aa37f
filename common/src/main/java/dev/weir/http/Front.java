package dev.weir.http;

import dev.weir.unit.ByteSize;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.time.Duration;
import java.util.Map;

/**
 * The way of a call: route, guard, token, body, endpoint, answer. All but the endpoint run on the
 * connection's I/O thread.
 */
final class Front implements HttpHandler {
  private static final Duration BUSY = Duration.ofSeconds(1);

  private final Routes routes;
  private final Tokens tokens;
  private final Budget bodies;

  Front(Routes routes, Tokens tokens, Budget bodies) {
    this.routes = routes;
    this.tokens = tokens;
    this.bodies = bodies;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    Reply reply = new Reply(exchange);
    if (isAmbiguous(exchange)) {
      reply.refuse(
          Answer.problem(400, "a Transfer-Encoding other than chunked, or besides a length"));
      return;
    }
    Routes.Match match = routes.match(exchange.getRelativePath());
    if (match == null) {
      reply.send(Answer.problem(404, "nothing at " + exchange.getRelativePath()));
      return;
    }
    Routes.Route route = match.byMethod().get(exchange.getRequestMethod().toString());
    if (route == null) {
      String allowed = String.join(", ", match.byMethod().keySet());
      reply.send(Answer.problem(405, "use " + allowed).with("Allow", allowed));
      return;
    }
    String objection = BrowserGuard.objection(exchange, !tokens.openToAll());
    if (objection != null) {
      reply.send(Answer.problem(403, objection));
      return;
    }
    admit(exchange, route, match.path(), reply);
  }

  /** Whether somebody in front of us might see another end of the request. */
  private static boolean isAmbiguous(HttpServerExchange exchange) {
    HeaderValues codings = exchange.getRequestHeaders().get(Headers.TRANSFER_ENCODING);
    return codings != null
        && (codings.size() > 1
            || !codings.getFirst().equalsIgnoreCase("chunked")
            || exchange.getRequestHeaders().contains(Headers.CONTENT_LENGTH)
            || exchange.isHttp10());
  }

  private void admit(
      HttpServerExchange exchange, Routes.Route route, Map<String, String> path, Reply reply) {
    String role;
    try {
      role = route.demand().role(path);
    } catch (IllegalArgumentException e) {
      reply.send(Answer.problem(400, String.valueOf(e.getMessage())));
      return;
    }
    Tokens.Token caller =
        tokens.holderOf(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION));
    if (role == null) {
      caller = caller == null ? Tokens.STRANGER : caller;
    } else if (caller == null) {
      reply.send(Answer.problem(401, "send a token that is known here")
          .with("WWW-Authenticate", "Bearer realm=\"weir\", Basic realm=\"weir\""));
      return;
    } else if (!caller.may(role)) {
      reply.send(Answer.problem(403, "token \"" + caller.name() + "\" lacks the role " + role));
      return;
    }
    receive(exchange, route, path, caller, reply);
  }

  private void receive(
      HttpServerExchange exchange,
      Routes.Route route,
      Map<String, String> path,
      Tokens.Token caller,
      Reply reply) {
    long limit = route.maxBody().bytes();
    long announced = exchange.getRequestContentLength();
    if (announced > limit || (limit == 0 && !exchange.isRequestComplete())) {
      reply.refuse(tooLarge(route.maxBody()));
      return;
    }
    long share = announced < 0 ? limit : announced;
    if (share > 0 && !bodies.take(share)) {
      reply.refuse(Answer.busy("too many bodies are being read", BUSY));
      return;
    }
    exchange.addExchangeCompleteListener((done, next) -> {
      bodies.release(share);
      next.proceed();
    });
    reply.expectBody();
    new BodyReader(
            exchange,
            announced,
            limit,
            body -> {
              Call call = new Call(exchange, path, body, caller, reply.gone());
              exchange.dispatch(() -> reply.answer(route.endpoint(), call));
            },
            () -> reply.refuse(tooLarge(route.maxBody())))
        .start();
  }

  private static Answer tooLarge(ByteSize limit) {
    return Answer.problem(413, "the body is larger than the limit of " + limit);
  }
}
