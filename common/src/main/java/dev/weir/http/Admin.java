package dev.weir.http;

import dev.weir.config.AdminListener;
import dev.weir.config.ServerTls;
import dev.weir.unit.ByteSize;
import dev.weir.wire.Protocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What monitoring finds at every role: health, figures and the role's own word of itself. */
public final class Admin {
  private Admin() {}

  /** What a role has to tell; asked anew by each call, on any thread. */
  public interface Told {
    /** What {@code /v1/stats} answers, as JSON. */
    Object stats();

    /** What {@code /metrics} answers. */
    Metrics metrics();

    /** Why no traffic should come here at present; null: let it come. */
    default @Nullable String trouble() {
      return null;
    }

    /** Reads its files again; what is wrong with them, and stays as it was. */
    List<String> reload();
  }

  /**
   * @param read what a call needs that asks for more than health
   * @param operate what a call needs that changes something
   * @param refusals whom the role's listeners turned away, by the listener's name
   */
  public static Routes routes(
      Routes.Demand read, Routes.Demand operate, Told told, Map<String, Refusals> refusals) {
    return new Routes()
        .get("/livez", Routes.Demand.NOTHING, call -> now(plain("alive\n")))
        .get("/readyz", Routes.Demand.NOTHING, call -> now(readiness(told.trouble())))
        .get("/metrics", read, call -> now(metrics(told.metrics(), refusals)))
        .get("/v1/stats", read, call -> now(Answer.json(told.stats())))
        .post(Protocol.RELOAD_PATH, operate, new ByteSize(0), call -> now(reloaded(told.reload())));
  }

  /**
   * Serves them on a listener of their own; any of its tokens will do for all of them.
   *
   * @throws IOException if the address cannot be had, or can be reached from other machines and
   *     there are no tokens, or a TLS file cannot be read
   */
  public static HttpServer start(AdminListener config, TlsFiles files, Told told)
      throws IOException {
    InetSocketAddress address = config.listen().resolve();
    if (!address.getAddress().isLoopbackAddress() && config.tokens().isEmpty()) {
      throw new IOException("admin: " + config.listen()
          + " can be reached from other machines, and this listener has no tokens");
    }
    ServerTls tls = config.tls();
    Refusals refusals = new Refusals();
    return HttpServer.start(
        new HttpServer.Listener(
            address,
            tls == null ? null : files.server(tls),
            new Tokens(tokens(config), InstantSource.system()),
            new Budget(new ByteSize(0)),
            refusals),
        routes(Routes.Demand.KNOWN, Routes.Demand.KNOWN, told, Map.of("admin", refusals)));
  }

  private static List<Tokens.Token> tokens(AdminListener config) {
    return config.tokens().stream()
        .map(token -> new Tokens.Token(token.name(), token.sha256(), Set.of(), token.expires()))
        .toList();
  }

  private static CompletionStage<Answer> now(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private static Answer plain(String text) {
    return Answer.text("text/plain", text);
  }

  private static Answer metrics(Metrics metrics, Map<String, Refusals> refusals) {
    refusals.forEach((listener, counts) -> counts.addTo(metrics, listener));
    return Answer.text("text/plain; version=0.0.4", metrics.text());
  }

  private static Answer reloaded(List<String> wrong) {
    return wrong.isEmpty() ? plain("reloaded\n") : Answer.problem(422, String.join("; ", wrong));
  }

  private static Answer readiness(@Nullable String trouble) {
    return trouble == null ? plain("ready\n") : Answer.problem(503, trouble);
  }
}
