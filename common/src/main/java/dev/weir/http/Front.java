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
  private final Limits limits;
  private final Refusals refusals;

  /** @param refusals counts those who are turned away */
  Front(Routes routes, Tokens tokens, Budget bodies, Limits limits, Refusals refusals) {
    this.routes = routes;
    this.tokens = tokens;
    this.bodies = bodies;
    this.limits = limits;
    this.refusals = refusals;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    Reply reply = new Reply(exchange, limits);
    if (isAmbiguous(exchange)) {
      refuse(
          Refusal.MALFORMED,
          Answer.problem(400, "a Transfer-Encoding other than chunked, or besides a length"),
          reply);
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
      refusals.count(Refusal.UNAUTHORIZED);
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
      refusals.count(Refusal.UNAUTHORIZED);
      reply.send(Answer.problem(401, "send a token that is known here")
          .with("WWW-Authenticate", "Bearer realm=\"weir\", Basic realm=\"weir\""));
      return;
    } else if (!caller.may(role)) {
      refusals.count(Refusal.UNAUTHORIZED);
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
      refuse(Refusal.TOO_LARGE, tooLarge(route.maxBody()), reply);
      return;
    }
    long share = announced < 0 ? limit : announced;
    if (share > 0 && !bodies.take(share)) {
      refuse(Refusal.TOO_MANY, Answer.busy("too many bodies are being read", BUSY), reply);
      return;
    }
    exchange.addExchangeCompleteListener((done, next) -> {
      bodies.release(share);
      next.proceed();
    });
    BodyReader reader = new BodyReader(
        exchange,
        announced,
        limit,
        body -> {
          Call call = new Call(exchange, path, body, caller, reply.gone(), reply.over());
          exchange.dispatch(() -> reply.answer(route.endpoint(), call));
        },
        () -> refuse(Refusal.TOO_LARGE, tooLarge(route.maxBody()), reply));
    if (!reader.start()) {
      reply.everySecond(() -> {
        if (reader.lags(limits.uploadRate())) {
          refuse(Refusal.TOO_SLOW, Answer.problem(408, "the body comes too slowly"), reply);
        }
      });
    }
  }

  /** What the peer still sends is not waited for. */
  private void refuse(Refusal refusal, Answer answer, Reply reply) {
    refusals.count(refusal);
    reply.refuse(answer);
  }

  private static Answer tooLarge(ByteSize limit) {
    return Answer.problem(413, "the body is larger than the limit of " + limit);
  }
}
